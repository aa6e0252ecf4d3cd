package main

import (
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func init() {
	programs["kube-apiserver"] = component(apiserver.NewAPIServerCommand)
	programs["kube-controller-manager"] = component(controllers.NewControllerManagerCommand)
	programs["kube-scheduler"] = component(func() *cobra.Command { return scheduler.NewSchedulerCommand() })
	programs["kubectl"] = func() {
		// kubectl words its own errors; the components' runner would print them twice.
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			util.CheckErr(err)
		}
	}
}

// component makes a server's command only when it is asked for: each registers its flags and feature gates globally,
// and two of them in one process collide.
func component(command func() *cobra.Command) func() {
	return func() { os.Exit(cli.Run(command())) }
}
