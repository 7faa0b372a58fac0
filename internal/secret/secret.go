// Package secret resolves references to secrets, secret://STORE/PATH#FIELD, at the moment
// they are used. The stores stand in the runner's own configuration, outside the
// repository, so that a pull request can choose neither host nor file nor variable.
// It knows nothing of devices, and nothing here prints a value.
package secret

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// maxSize bounds a secret file, in bytes.
const maxSize = 64 << 10

// Store is one place that holds secrets. What a type does not use is empty.
type Store struct {
	Type      string   // one of Types
	Dir       string   // file, age, sops: a folder that only the runner can read
	Names     []string // env: the variables that may be read
	Address   string   // vault: https://vault.example.net:8200
	Mount     string   // vault: where the KV engine of version 2 is mounted
	TokenFile string   // vault: what its agent keeps fresh
	Identity  string   // age: the file with the private key
}

// types is how each type of store is asked: for a path, and a field of what is there.
var types = map[string]func(s Store, path, field string) ([]byte, error){
	"age":   Store.age,
	"env":   Store.env,
	"file":  Store.file,
	"sops":  Store.sops,
	"vault": Store.vault,
}

// Types lists the types of stores, for messages.
func Types() []string { return slices.Sorted(maps.Keys(types)) }

// Stores are the stores of a runner, by name.
type Stores map[string]Store

var shape = regexp.MustCompile(`^secret://([a-z][a-z0-9-]*)/([A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*)#([A-Za-z0-9._-]+)$`)

// Resolve gives the value behind a reference. The error names the reference and never a value.
func (s Stores) Resolve(ref string) ([]byte, error) {
	m := shape.FindStringSubmatch(ref)
	if m == nil || slices.Contains(strings.Split(m[2], "/"), "..") {
		return nil, fmt.Errorf("%q is no reference to a secret: write secret://STORE/PATH#FIELD", ref)
	}
	store, ok := s[m[1]]
	if !ok {
		return nil, fmt.Errorf("%s: the runner declares no store %q: add it to its runner.yaml", ref, m[1])
	}
	ask, known := types[store.Type]
	if !known {
		return nil, fmt.Errorf("%s: a store of type %q is not in this version: there are %s", ref, store.Type, strings.Join(Types(), ", "))
	}
	value, err := ask(store, m[2], m[3])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ref, err)
	}
	return value, nil
}
