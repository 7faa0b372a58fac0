package render_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/internal/diag"
	"plumbline/internal/golden"
	"plumbline/internal/network"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// A platform that is to render the examples has three things under its testdata/render: a
// case for each example, ports with its names of ports, facts with the lines that facts
// are found in. Nothing below knows a platform.

// TestVendors puts every device of the examples on each platform. What is rendered is
// golden, every line has an origin and a rule, a plan from an empty device leads there and
// back, and the facts found in the text are those of the model. The cases of the first
// platform hold the same, or are refused at the intent for want of words.
func TestVendors(t *testing.T) {
	cases, err := filepath.Glob("testdata/frr/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, v := range vendors(t) {
		var played []string
		golden.Run(t, v.dir+"/*.txtar", func(t *testing.T, _ fs.FS) []byte {
			example := path.Base(t.Name())
			played = append(played, example)
			cs, ds := v.hold(t, os.DirFS("../examples/"+example))
			onlyWords(t, ds)
			return page(t, cs, ds)
		})
		if want := slices.Sorted(maps.Keys(examples(t))); !slices.Equal(played, want) {
			t.Errorf("%s renders %v; the examples are %v", v.platform, played, want)
		}
		for _, file := range cases {
			t.Run(v.platform+"/"+filepath.Base(file), func(t *testing.T) {
				a, err := txtar.ParseFile(file)
				if err != nil {
					t.Fatal(err)
				}
				files, err := txtar.FS(a)
				if err != nil {
					t.Fatal(err)
				}
				_, ds := v.hold(t, files)
				onlyWords(t, ds)
			})
		}
	}
}

// onlyWords sees that nothing failed but for want of words.
func onlyWords(t *testing.T, ds diag.List) {
	t.Helper()
	for _, d := range ds {
		if d.Severity == diag.Fail && d.Rule != "render/no-words" {
			t.Errorf("%s: %s: %s", d.At, d.Rule, d.Text)
		}
	}
}

// vendor is a platform that renders the examples.
type vendor struct {
	platform, dir string
	names         []name
	reading
}

func vendors(t *testing.T) (out []vendor) {
	t.Helper()
	folders, err := filepath.Glob("../templates/*/testdata/render")
	if err != nil || len(folders) == 0 {
		t.Fatal("no platform renders the examples", err)
	}
	for _, dir := range folders {
		out = append(out, vendor{filepath.Base(filepath.Dir(filepath.Dir(dir))), dir, portNames(t, dir), readFacts(t, dir+"/facts")})
	}
	return out
}

// hold renders a repository on the platform and holds the laws over what comes of it.
func (v vendor) hold(t *testing.T, files fs.FS) ([]tree.Config, diag.List) {
	t.Helper()
	net := resolve(t, v.moved(t, files))
	cs, ds := render.All(net, templates.FS)
	page(t, cs, ds)
	comesBack(t, cs)
	for i, c := range cs {
		thereAndBack(t, c)
		d := net.Devices[i]
		if _, ds := render.All(&network.Network{Devices: []*network.Device{d}}, templates.FS); !ds.Failed() {
			for _, diff := range v.differ(known(v.found(c), d), meant(d, v.names)) {
				t.Errorf("%s: %s", c.Device, diff)
			}
		}
	}
	return cs, ds
}

// moved is a repository with all its devices on the platform, and ports named as there.
func (v vendor) moved(t *testing.T, base fs.FS) fs.FS {
	t.Helper()
	out := golden.Files(t, base)
	for p, f := range out {
		if strings.HasPrefix(p, "intent/") {
			f.Data = []byte(ethernet.ReplaceAllStringFunc(string(f.Data), func(s string) string { return called(v.names, s) }))
		}
		f.Data = bytes.ReplaceAll(f.Data, []byte("platform: frr"), []byte("platform: "+v.platform))
	}
	return out
}

var ethernet = regexp.MustCompile(`\beth[0-9]+\b`)

// thereAndBack proves the plan from a device without configuration.
func thereAndBack(t *testing.T, c tree.Config) {
	t.Helper()
	none := mustParse(c, "")
	do, _, err := tree.Diff(none, c.Root, tree.Options{})
	if err != nil {
		t.Fatal(c.Device, err)
	}
	undo, _, err := tree.Diff(c.Root, none, tree.Options{})
	if err != nil {
		t.Fatal(c.Device, err)
	}
	proof, refused := replay.Verify(c.Dialect, tree.Print(none), tree.Print(c.Root), tree.Script(c.Dialect, do), tree.Script(c.Dialect, undo))
	for _, r := range refused {
		t.Errorf("%s: %v", c.Device, r.Error())
	}
	if !proof.Holds() || len(do) == 0 {
		t.Errorf("%s: %d edits and no proof", c.Device, len(do))
	}
}

// name is how a platform calls a port; a # stands for its number.
type name struct{ ours, theirs string }

func portNames(t *testing.T, dir string) (out []name) {
	for _, line := range wordsOf(t, dir+"/ports") {
		ours, theirs, _ := strings.Cut(line, " ")
		out = append(out, name{ours, theirs})
	}
	return out
}

// called gives the name of a port on the platform.
func called(names []name, port string) string {
	for _, n := range names {
		head, numbered := strings.CutSuffix(n.ours, "#")
		if rest, ok := strings.CutPrefix(port, head); ok && (numbered && !strings.ContainsAny(rest, "/") || rest == "") {
			return strings.Replace(n.theirs, "#", rest, 1)
		}
	}
	return port
}

// wordsOf gives the lines of a file that say something.
func wordsOf(t *testing.T, file string) (out []string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// silent are the facts that no device holds: names and reasons that are for people, numbers
// of entries whose order means nothing, and what other facts say too.
var silent = strings.Fields("Site Role Intent Relation Domain Fetched Seq Name Use From Parent Fabric Shared LongestPath Least")

// hosts are the fields that a platform means by a word of host_managed.
var hosts = map[string]string{
	"hostname": "Hostname", "mtu": "MTU", "vlans": "VLAN Segments Untagged", "gateway_mac": "MAC", "dhcp_relay": "Relay", "vrf_members": "VRF", "check": "Check", "timezone": "Timezone", "ntp": "NTP NTPKeyID NTPKey", "dns": "DNS Domain", "syslog": "Syslog SyslogLevel",
	"users": "Users", "snmp": "SNMP", "tacacs": "TACACS", "banner": "Banner", "management": "Management",
	"label_ttl": "TTL", "bundles": "Members LACP MinLinks LACPSystem",
}

// TestEveryFact holds the law that nothing is dropped: each fact of the model stands in the
// template of its group, be it only to be refused, or is the host's.
func TestEveryFact(t *testing.T) {
	files, err := fs.Glob(templates.FS, "*/System.tmpl")
	if err != nil || len(files) < 2 {
		t.Fatal("no platform renders", err)
	}
	for _, file := range files {
		platform := path.Dir(file)
		p, ds := render.Read(templates.FS, platform)
		if ds.Failed() {
			t.Fatal(ds.Err())
		}
		quiet := slices.Clone(silent)
		for _, word := range p.HostManaged {
			quiet = append(quiet, strings.Fields(hosts[word])...)
		}
		d := reflect.TypeFor[network.Device]()
		for i := range d.NumField() {
			f := d.Field(i)
			if slices.Contains(p.HostManaged, strings.ToLower(f.Name)) {
				continue // the whole group
			}
			if f.Type.Kind() == reflect.Pointer {
				text, err := fs.ReadFile(templates.FS, platform+"/"+f.Name+".tmpl")
				if err != nil {
					t.Errorf("%s says no %s", platform, f.Name)
				}
				if !strings.HasPrefix(string(text), "{{unsaid ") { // it is refused as a whole
					facts(t, platform, f.Name, string(text), f.Type.Elem(), quiet)
				}
			}
		}
	}
}

// facts looks for every field of a group in its template.
func facts(t *testing.T, platform, group, text string, of reflect.Type, quiet []string) {
	for i := range of.NumField() {
		f := of.Field(i)
		at := f.Type
		for at.Kind() == reflect.Slice || at.Kind() == reflect.Pointer {
			at = at.Elem()
		}
		if !slices.Contains(quiet, f.Name) && !regexp.MustCompile(`[.]`+f.Name+`\b`).MatchString(text) {
			t.Errorf("%s/%s.tmpl drops %s.%s", platform, group, of.Name(), f.Name)
		}
		refused := strings.Contains(text, "{{range ."+f.Name+"}}{{unsaid ")
		if at.Kind() == reflect.Struct && at.PkgPath() == of.PkgPath() && !refused && !slices.Contains(quiet, f.Name) {
			facts(t, platform, group, text, at, quiet)
		}
	}
}
