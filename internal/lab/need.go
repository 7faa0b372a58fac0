package lab

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// require lists the capabilities that must be there: for them a skip is a failure.
const require = "PLUMBLINE_REQUIRE"

// probes tries each capability; nil says that it is there. What it says besides is what
// to do about it.
var probes = map[string]func() error{
	"root":  root,
	"netns": func() error { return root2(inSpace("true")) },
	"veth":  func() error { return root2(inSpace("ip", "link", "add", "x0", "type", "veth", "peer", "name", "x1")) },
	"bridge": func() error {
		return root2(inSpace("ip", "link", "add", "x0", "type", "bridge"))
	},
	"vxlan": func() error {
		return root2(inSpace("ip", "link", "add", "x0", "type", "vxlan", "id", "7", "dstport", "4789"))
	},
	"macvlan": func() error {
		return root2(inSpace("sh", "-c", "ip link add x0 type veth peer name x1 && ip link add x2 link x0 type macvlan"))
	},
	"tun": func() error { return root2(inSpace("ip", "tuntap", "add", "x0", "mode", "tun")) },
	"nft": func() error { return root2(inSpace("nft", "add", "table", "ip", "t")) },
	"frr": func() error { return file("/usr/lib/frr/zebra", "frr") },
	"rpki": func() error { // the module of bgpd
		if found, _ := filepath.Glob("/usr/lib/*/frr/modules/bgpd_rpki.so"); len(found) == 0 {
			return fmt.Errorf("bgpd_rpki.so not found: apt-get install -y frr-rpki-rtrlib")
		}
		return nil
	},
	"ssh":    func() error { return file("/usr/sbin/sshd", "openssh-server") },
	"git":    func() error { return command("git", "git") },
	"keygen": func() error { return command("ssh-keygen", "openssh-client") },
	"bird":   func() error { return file("/usr/sbin/bird", "bird2") },
	"guard": func() error { // what the guard of a router runs besides vtysh
		return cmp.Or(file("/usr/lib/frr/frr-reload.py", "frr-pythontools"), command("setsid", "util-linux"), command("sha256sum", "coreutils"))
	},

	"time": func() error { // to wait, and to start many programs
		if testing.Short() {
			return errors.New("run without -short")
		}
		return nil
	},

	"yaml-language-server": func() error {
		return cmp.Or(command("node", "nodejs npm"), installed("tools/yaml-language-server"))
	},

	"traceroute": func() error { return command("traceroute", "traceroute") },
	"openbgpd":   func() error { return command("bgpctl", "openbgpd") },
	"gobgp":      func() error { return command("gobgpd", "gobgpd") },
	"exabgp":     func() error { return command("exabgp", "exabgp") },
	"bind":       func() error { return command("named", "bind9") },
	"knot":       func() error { return command("knotd", "knot") },
	"nsd":        func() error { return command("nsd", "nsd") },
	"netconfd":   func() error { return command("netconfd", "netconfd") },
	"strongswan": func() error { return command("swanctl", "strongswan-swanctl") },
	"wireguard":  func() error { return command("wireguard-go", "wireguard-go") },
	"gcc":        func() error { return command("gcc", "gcc") },
	"gitea":      func() error { return command("gitea", "gitea") },
	"gnxi": func() error {
		if _, err := exec.LookPath("gnmi_target"); err != nil {
			return errors.New("no gnmi_target on the path: (cd tools/gnxi && go build -o SOMEWHERE github.com/google/gnxi/gnmi_target)")
		}
		return nil
	},
}

// Need skips the test where the machine lacks something, by name and with what to do.
// PLUMBLINE_REQUIRE (a list, or all) turns the skip into a failure; a name in it that no
// probe has fails every test that asks, so that a typing error cannot switch it off.
func Need(t testing.TB, names ...string) {
	t.Helper()
	wanted := strings.FieldsFunc(os.Getenv(require), func(r rune) bool { return r == ',' || r == ' ' })
	for _, w := range wanted {
		if _, known := probes[w]; !known && w != "all" {
			t.Fatalf("%s names %q, which is no capability", require, w)
		}
	}
	for _, n := range names {
		probe, known := probes[n]
		if !known {
			t.Fatalf("the test needs %q, which is no capability", n)
		}
		err := probe()
		switch {
		case err == nil:
		case slices.Contains(wanted, n) || slices.Contains(wanted, "all"):
			t.Fatalf("%s requires %s: %v", require, n, err)
		default:
			t.Skipf("needs %s: %v", n, err)
		}
	}
}

func root() error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("run the test as root")
	}
	return nil
}

// root2 says first that root is missing, where it is.
func root2(err error) error {
	if r := root(); r != nil {
		return r
	}
	return err
}

func file(path, pkg string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("%s not found: apt-get install -y %s", path, pkg)
	}
	return nil
}

func command(name, pkg string) error {
	if _, err := exec.LookPath(name); err != nil {
		return fmt.Errorf("%s not found: apt-get install -y %s", name, pkg)
	}
	return nil
}

// installed tells whether the packages of a folder of the module are there. A test stands
// some folders below it.
func installed(folder string) error {
	for up := ""; len(up) < 20; up += "../" {
		if _, err := os.Stat(up + folder + "/node_modules"); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%s is not installed: npm ci --prefix %s (apt-get install -y nodejs npm)", folder, folder)
}

// inSpace tries a command in a namespace that is thrown away.
func inSpace(argv ...string) error {
	var id [4]byte
	if _, err := rand.Read(id[:]); err != nil {
		return err
	}
	name := "pl" + hex.EncodeToString(id[:])
	if out, err := exec.Command("ip", "netns", "add", name).CombinedOutput(); err != nil {
		return fmt.Errorf("no network namespaces: %s", strings.TrimSpace(string(out)))
	}
	out, err := exec.Command("ip", append([]string{"netns", "exec", name}, argv...)...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %s", strings.Join(argv, " "), strings.TrimSpace(string(out)))
	}
	if e := exec.Command("ip", "netns", "del", name).Run(); e != nil && err == nil {
		err = e
	}
	return err
}
