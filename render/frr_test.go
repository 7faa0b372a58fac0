package render_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/internal/lab"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// TestFRR asks the real thing whether it knows every line of the example and of each case.
func TestFRR(t *testing.T) {
	lab.Need(t, "frr")
	texts := map[string][]byte{}
	for name, cs := range examples(t) {
		for _, c := range cs {
			texts[name+" "+c.Device] = c.Text
		}
	}
	cases, err := filepath.Glob("testdata/frr/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(err, len(cases))
	}
	for _, file := range cases {
		for name, text := range wanted(t, file) {
			texts[file+":"+name] = text
		}
	}
	for name, text := range texts {
		file := filepath.Join(t.TempDir(), "conf")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("vtysh", "-C", "-f", file).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("router bgp 1\n neighbor 192.0.2.1 remote-nonsense 2\nexit\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if exec.Command("vtysh", "-C", "-f", bad).Run() == nil {
		t.Error("vtysh takes a word that does not exist: it cannot judge")
	}
}

// wanted takes the configurations out of a case.
func wanted(t *testing.T, file string) map[string][]byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(string(b), "-- want --\n")
	out, device := map[string][]byte{}, ""
	for line := range strings.Lines(want) {
		if name, head := strings.CutPrefix(line, "== "); head {
			device = strings.TrimSpace(name)
		} else if config, _, ok := strings.Cut(line, " | "); ok {
			out[device] = append(out[device], strings.TrimRight(config, " ")+"\n"...)
		}
	}
	return out
}

// daemons loads a configuration into private daemons, in namespaces of their own, and
// shows what they made of it. Nothing outside is touched.
const daemons = `set -u
ip link set lo up
mkdir -p /var/run/frr
mount -t tmpfs tmpfs /var/run/frr; chown frr:frr /var/run/frr
mount -t tmpfs tmpfs /etc/frr; echo 'service integrated-vtysh-config' >/etc/frr/vtysh.conf; chown -R frr:frr /etc/frr
for d in zebra bgpd staticd ospfd ospf6d isisd bfdd ldpd; do
  /usr/lib/frr/$d -d -A 127.0.0.1 $([ $d = bgpd ] && echo -p 0) >/dev/null 2>&1 || exit 70
done
vtysh -f "$1" >&2
grep -q 'segment-routing on' "$1" && for i in $(seq 50); do # once it has its labels
  vtysh -c 'show running-config' | grep -q 'segment-routing on' && break; sleep 0.2
done
vtysh -c 'show running-config'
for f in /var/run/frr/*.pid; do kill -9 $(cat $f); done
`

// TestComesBack holds the law against real daemons: what is rendered is what they show,
// and a second run has nothing to change.
func TestComesBack(t *testing.T) {
	lab.Need(t, "frr", "root")
	var cs []tree.Config
	for _, one := range examples(t) {
		cs = append(cs, one[0], one[len(one)-1])
	}
	for name, at := range map[string]int{"isis": 0, "fabric-isis": 0, "vrf": 0, "anycast": 1, "mpls-ldp": 1, "vrf-labels": 2, "mpls-sr-isis": 1, "mpls-sr-ospf": 1, "reflectors": 2} {
		a, err := txtar.ParseFile("testdata/frr/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		files, err := txtar.FS(a)
		if err != nil {
			t.Fatal(err)
		}
		more, _ := render.All(resolve(t, files), templates.FS)
		cs = append(cs, more[at])
	}
	for _, c := range cs {
		file := filepath.Join(t.TempDir(), "conf")
		if err := os.WriteFile(file, c.Text, 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("unshare", "-m", "-n", "-u", "bash", "-c", daemons, "bash", file)
		var refused bytes.Buffer
		cmd.Stderr = &refused
		live, err := cmd.Output()
		if err != nil || strings.Contains(refused.String(), "%") {
			t.Fatalf("%s: %v\n%s", c.Device, err, refused.Bytes())
		}
		if !bytes.HasSuffix(bytes.TrimSpace(live), []byte("\nend")) {
			t.Fatalf("%s: no whole answer:\n%s", c.Device, live)
		}
		have, _ := tree.Parse(c.Dialect, live)
		want, cover := tree.Expect(have, c.Root, nil, tree.Options{})
		es, _, err := tree.Diff(have, want, tree.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			t.Errorf("%s: after the first run there is still %+v", c.Device, e)
		}
		if len(cover.Foreign) > 0 || cover.Unruled > 0 || cover.Managed == 0 {
			t.Errorf("%s shows more than was rendered: %+v", c.Device, cover)
		}
	}
}
