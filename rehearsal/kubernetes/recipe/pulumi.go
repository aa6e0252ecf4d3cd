package main

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// The plugin's version comes from who starts it: it is the SDK's, and a bump of the SDK needs no build.
const versionVariable = "REHEARSAL_PROVIDER_VERSION"

func init() {
	programs["pulumi-resource-kubernetes"] = func() {
		version := os.Getenv(versionVariable)
		if version == "" {
			fmt.Fprintf(os.Stderr, "%s must name the version of the SDK that the engine asks for, such as 4.34.2\n", versionVariable)
			os.Exit(2)
		}
		// The schema is for imports, the mapping for conversions from Terraform. No drill has either.
		none := []byte("{}")
		provider.Serve("kubernetes", version, none, none)
	}
}
