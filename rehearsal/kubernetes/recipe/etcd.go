package main

import (
	"flag"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

func init() { programs["etcd"] = etcd }

// etcd runs a single member. Its data is worth no more than the rehearsal, so speed wins over durability.
func etcd() {
	flags := flag.NewFlagSet("etcd", flag.ExitOnError)
	data := flags.String("data-dir", "", "where the data is")
	client := flags.String("listen-client-url", "", "where the API server finds it")
	peer := flags.String("listen-peer-url", "", "where other members would find it")
	_ = flags.Parse(os.Args[1:])

	config := embed.NewConfig()
	config.Dir = *data
	config.LogLevel = "warn"
	config.UnsafeNoFsync = true                      // A crash of the machine loses the cluster, which the next run makes anew.
	config.WarningUnaryRequestDuration = time.Second // Left at zero, each request is logged as slow.
	// A single member elects itself after one election timeout; the default second is a fifth of a cluster's start.
	config.TickMs = 10
	config.ElectionMs = 100
	config.ListenClientUrls = urls(*client)
	config.AdvertiseClientUrls = config.ListenClientUrls
	config.ListenPeerUrls = urls(*peer)
	config.AdvertisePeerUrls = config.ListenPeerUrls
	config.InitialCluster = config.InitialClusterFromName(config.Name)

	server, err := embed.StartEtcd(config)
	if err != nil {
		log.Fatalf("etcd did not start: %v", err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	select {
	case <-stop:
		server.Close()
	case err := <-server.Err():
		log.Fatalf("etcd stopped: %v", err)
	}
}

func urls(text string) []url.URL {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme == "" {
		log.Fatalf("etcd: %q is not a URL: %v", text, err)
	}
	return []url.URL{*parsed}
}
