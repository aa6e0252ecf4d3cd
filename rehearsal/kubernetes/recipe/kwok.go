package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"
	"sigs.k8s.io/kwok/pkg/config"
	kwokcmd "sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

func init() { programs["kwok"] = kwok }

// kwok plays the kubelets: https://kwok.sigs.k8s.io/docs/user/kwok-manage-nodes-and-pods/
func kwok() {
	// Kubernetes' libraries put a --version of their own type on the global flags, which cobra merges into kwok's
	// command and then refuses: https://github.com/spf13/cobra treats --version as a bool.
	pflag.CommandLine = pflag.NewFlagSet("kwok", pflag.ContinueOnError)

	global := pflag.NewFlagSet("global", pflag.ContinueOnError)
	global.ParseErrorsAllowlist.UnknownFlags = true // The command's own flags are parsed later.
	global.Usage = func() {}
	ctx, _ := log.InitFlags(signals.SetupSignalContext(), global)
	ctx, err := config.InitFlags(ctx, global) // Reads --config, where the stages are.
	if err != nil {
		fmt.Fprintf(os.Stderr, "kwok: %v\n", err)
		os.Exit(1)
	}
	command := kwokcmd.NewCommand(ctx)
	command.PersistentFlags().AddFlagSet(global)
	if err := command.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "kwok: %v\n", err)
		os.Exit(1)
	}
}
