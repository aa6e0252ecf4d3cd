// NetworkPolicies enforced on one node: kube-router's controller of policies alone, as its own
// program runs it with --run-firewall. Its router and its service proxy stay out: with them come
// BGP, IPVS and the clients of two clouds, which is most of the build.
package main

import (
	"context"
	"flag"
	"log"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"github.com/cloudnativelabs/kube-router/v2/pkg/utils"
	"github.com/spf13/pflag"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

func main() {
	config := options.NewKubeRouterConfig()
	config.AddFlags(pflag.CommandLine)
	pflag.Parse()
	klog.InitFlags(nil)
	must("-v", flag.Set("v", config.VLevel))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	clientConfig, err := clientcmd.BuildConfigFromFlags(config.Master, config.Kubeconfig)
	must("--kubeconfig", err)
	client, err := kubernetes.NewForConfig(clientConfig)
	must("the API's client", err)

	// A node has its addresses from its kubelet, a moment after it was made.
	for {
		node, err := utils.GetNodeObject(client, config.HostnameOverride)
		if err == nil && len(node.Status.Addresses) > 0 {
			break
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}

	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(
		ctx.Done(), pods.HasSynced, namespaces.HasSynced, policies.HasSynced) {
		return
	}

	tables, sets, err := netpol.NewIPTablesHandlers(config)
	must("iptables and ipset", err)
	controller, err := netpol.NewNetworkPolicyController(
		client, config, pods, policies, namespaces, &sync.Mutex{}, tables, sets)
	must("the controller of policies", err)
	for informer, handler := range map[cache.SharedIndexInformer]cache.ResourceEventHandler{
		pods:       controller.PodEventHandler,
		namespaces: controller.NamespaceEventHandler,
		policies:   controller.NetworkPolicyEventHandler,
	} {
		_, err := informer.AddEventHandler(handler)
		must("watching the cluster", err)
	}

	// The controller waits for whoever reads its heartbeats.
	heartbeats := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for range heartbeats {
		}
	}()
	var running sync.WaitGroup
	running.Add(1)
	go controller.Run(heartbeats, ctx.Done(), &running)
	running.Wait()
}

func must(what string, err error) {
	if err != nil {
		log.Fatalf("kube-router: %s: %v", what, err)
	}
}
