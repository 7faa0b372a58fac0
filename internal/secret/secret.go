// Package secret resolves references to secrets, secret://STORE/PATH#FIELD, at the moment
// they are used. The stores stand in the runner's own configuration, outside the
// repository, so that a pull request can choose neither host nor file nor variable.
// It knows nothing of devices, and nothing here prints a value.
package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// maxSize bounds a secret file, in bytes.
const maxSize = 64 << 10

// Store is one place that holds secrets.
type Store struct {
	Type  string   `yaml:"type"`           // file or env
	Dir   string   `yaml:"dir,optional"`   // of a file store: a folder that only the runner can read
	Names []string `yaml:"names,optional"` // of an env store: the variables that may be read
}

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
	switch store.Type {
	case "file":
		return store.file(ref, m[2], m[3])
	case "env":
		return store.env(ref, m[3])
	}
	return nil, fmt.Errorf("%s: a store of type %q is not in this version: there are file and env", ref, store.Type)
}

// file reads DIR/PATH/FIELD. Links that lead out of DIR are refused.
func (s Store) file(ref, path, field string) ([]byte, error) {
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return nil, fmt.Errorf("%s: the folder %q of its store cannot be opened: %w", ref, s.Dir, errors.Unwrap(err))
	}
	defer root.Close()
	info, err := root.Stat(filepath.Join(path, field))
	if err != nil {
		return nil, fmt.Errorf("%s: the file %s cannot be read: %w", ref, filepath.Join(s.Dir, path, field), errors.Unwrap(err))
	}
	if info.Size() > maxSize {
		return nil, fmt.Errorf("%s: holds more than %d bytes", ref, maxSize)
	}
	b, err := root.ReadFile(filepath.Join(path, field))
	if err != nil {
		return nil, fmt.Errorf("%s: the file %s cannot be read: %w", ref, filepath.Join(s.Dir, path, field), errors.Unwrap(err))
	}
	return b, nil
}

func (s Store) env(ref, field string) ([]byte, error) {
	if !slices.Contains(s.Names, field) {
		return nil, fmt.Errorf("%s: the store does not list the variable %s", ref, field)
	}
	v, ok := os.LookupEnv(field)
	if !ok {
		return nil, fmt.Errorf("%s: the variable %s is not set", ref, field)
	}
	return []byte(v), nil
}
