// Package v2 stands in the place of the SDK's component for YAML files.
package v2

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RegisterResource refuses: components register their children through the SDK, which is not here.
func RegisterResource(
	_ *pulumi.Context, apiVersion, kind, name string, _ pulumi.Input, _ ...pulumi.ResourceOption,
) (pulumi.CustomResource, error) {
	return nil, errors.New("the rehearsal's Kubernetes provider has no components, but the program asks for " +
		apiVersion + " " + kind + " " + name + " in one. Declare the object itself")
}
