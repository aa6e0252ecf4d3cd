// Package kubernetes stands in the place of the Kubernetes SDK for Go: 28 MB of generated code, of which the provider
// names six symbols, all for components (Chart, ConfigGroup, ConfigFile) that the stack does not use.
package kubernetes

import "reflect"

// UntypedArgs are the inputs of a resource of any kind.
type UntypedArgs map[string]any

// ElementType makes UntypedArgs a pulumi.Input.
func (UntypedArgs) ElementType() reflect.Type {
	return reflect.TypeFor[map[string]any]()
}
