// Package intent is the schema of what operators ask for.
//
// One file of this package is one kind: its fields, what they mean, and Expand, which
// says what the kind means as facts on devices. The table kinds lists them all. The
// comment beside a field is its documentation: schema, explain and the reference pages
// are made from these files.
package intent

import (
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

// Kind is one sort of request. Expand reads intents and adds facts; it never reads
// facts, so that the order of files means nothing.
type Kind interface {
	Expand(*Build)
	head() *Head
}

// Head is what every intent begins with.
type Head struct {
	// What is asked for.
	Kind string `yaml:"kind"`
	// What it is called: once among its kind.
	Name Name `yaml:"name"`
}

func (h *Head) head() *Head { return h }

// kinds is every kind there is.
var kinds = map[string]func() Kind{
	"anycast":      func() Kind { return new(Anycast) },
	"design":       func() Kind { return new(Design) },
	"fabric":       func() Kind { return new(Fabric) },
	"label_domain": func() Kind { return new(LabelDomain) },
	"exchange":     func() Kind { return new(Exchange) },
	"leave":        func() Kind { return new(Leave) },
	"link":         func() Kind { return new(Link) },
	"peering":      func() Kind { return new(Peering) },
	"prefixes":     func() Kind { return new(Prefixes) },
	"segment":      func() Kind { return new(Segment) },
	"vrf":          func() Kind { return new(VRF) },
}

// Kinds lists the kinds, for the schema and the documentation.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// New gives an empty request of a kind, for those who read the types; nil where there is no
// such kind.
func New(kind string) Kind {
	if make, ok := kinds[kind]; ok {
		return make()
	}
	return nil
}

// Source is the files of this package: their comments say what kinds and fields mean.
//
//go:embed *.go
var Source embed.FS

// Set is every request of one commit.
type Set struct {
	src    *strict.Source
	tree   fs.FS
	all    []Kind
	byName map[Head]Kind
}

// Load reads intent/**/*.yaml of a commit. Folders are for people; only kind counts.
func Load(tree fs.FS, src *strict.Source) (*Set, diag.List) {
	s := &Set{src: src, tree: tree, byName: map[Head]Kind{}}
	var files []string
	err := fs.WalkDir(tree, "intent", func(file string, d fs.DirEntry, err error) error {
		if ext := path.Ext(file); err == nil && !d.IsDir() && (ext == ".yaml" || ext == ".yml") {
			files = append(files, file)
		}
		return err
	})
	ds := s.take(files)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		ds.Failf(diag.Pos{File: "intent", Line: 1, Col: 1}, "file/unreadable", "there is no folder intent: it holds what the network should be, in files that end in .yaml")
	case err != nil:
		ds.Failf(diag.Pos{File: "intent", Line: 1, Col: 1}, "file/unreadable", "cannot read the folder intent: see to its permissions")
	}
	return s, ds
}

// lot is how many files are read by one hand before it looks for more.
const lot = 64

// take reads files, several at once, and puts what they ask for together in their order.
func (s *Set) take(files []string) (ds diag.List) {
	asked := make([]Kind, len(files))
	said := make([]diag.List, len(files))
	srcs := make([]*strict.Source, min(runtime.GOMAXPROCS(0), 1+len(files)/lot))
	var next atomic.Int64
	var hands sync.WaitGroup
	for h := range srcs {
		srcs[h] = strict.NewSource()
		hands.Go(func() {
			for from := int(next.Add(lot)) - lot; from < len(files); from = int(next.Add(lot)) - lot {
				for i := from; i < min(from+lot, len(files)); i++ {
					asked[i], said[i] = read(s.tree, srcs[h], files[i])
				}
			}
		})
	}
	hands.Wait()
	s.src.Join(srcs...)
	for i, k := range asked {
		if ds = append(ds, said[i]...); k != nil {
			s.add(k, &ds)
		}
	}
	return ds
}

// read gives what one file asks for; nil where something stands against it.
func read(tree fs.FS, src *strict.Source, file string) (Kind, diag.List) {
	if path.Ext(file) == ".yml" {
		var ds diag.List
		ds.Failf(diag.Pos{File: file, Line: 1, Col: 1}, "file/name", "the name of an intent ends in .yaml")
		return nil, ds
	}
	doc, ds := src.Open(tree, file)
	if doc == nil {
		return nil, ds
	}
	kind, at := doc.Word("kind")
	make, ok := kinds[kind]
	switch {
	case slices.Contains(laterKinds, kind):
		ds.Failf(at, "schema/unknown-kind", "the kind %q is not in this version", kind)
		return nil, ds
	case !ok:
		ds.Failf(at, "schema/unknown-kind", "no kind %q", kind).Hint = diag.Nearest(kind, Kinds())
		return nil, ds
	}
	k := make()
	more := doc.Into(k)
	explain(kind, more)
	if ds = append(ds, more...); more.Failed() {
		return nil, ds
	}
	return k, ds
}

// add puts one intent to the others.
func (s *Set) add(k Kind, ds *diag.List) {
	h := k.head()
	if twin, ok := s.byName[*h]; ok {
		fault := ds.Failf(s.src.At(&h.Name), "reference/duplicate", "%s %q is given twice", h.Kind, h.Name)
		fault.Also = []diag.Pos{s.src.At(&twin.head().Name)}
	}
	s.byName[*h] = k
	s.all = append(s.all, k)
}

// Resolve turns requests into facts on the devices that exist.
func (s *Set) Resolve(inv *inventory.Inventory) (*network.Network, diag.List) {
	b := &Build{net: new(network.Network), set: s, inv: inv, tree: s.tree, ports: map[port]any{}, locks: map[IRRSet]irrLock{}, meets: map[port]diag.Pos{}, used: map[Head]bool{}}
	for i := range inv.Devices {
		d := &inv.Devices[i]
		b.net.Devices = append(b.net.Devices, &network.Device{
			Name: string(d.Name), Platform: string(d.Platform), At: s.src.At(&d.Platform), Reach: s.reach(inv, d),
		})
	}
	b.net.Sort()
	slices.SortFunc(s.all, func(x, y Kind) int {
		return cmp.Or(cmp.Compare(x.head().Kind, y.head().Kind), cmp.Compare(x.head().Name, y.head().Name))
	})
	for _, k := range s.all {
		k.Expand(b)
	}
	b.tagPorts()
	b.idle()
	b.net.Sort()
	return b.net, b.Diags.Sorted()
}
