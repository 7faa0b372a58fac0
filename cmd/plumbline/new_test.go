package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/repo"
)

// TestNewBranch: what is in use on the protected branch alone is not given away, and what
// new writes is valid.
func TestNewBranch(t *testing.T) {
	dir := t.TempDir()
	r, err := repo.Init(dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS("../../examples/two-site")); err != nil {
		t.Fatal(err)
	}
	command := func(line string) string {
		t.Helper()
		var out bytes.Buffer
		if got := run(t.Context(), testEnv(dir, &out), strings.Fields(line)); got != ok {
			t.Errorf("%s: exit %d\n%s", line, got, out.String())
		}
		return out.String()
	}
	link := func(name string) string {
		return "new link " + name + " --set between.0.device=core1-ams --set between.0.interface=" + name + " --set between.0.addresses=next" +
			" --set between.1.device=core1-fra --set between.1.interface=" + name + " --set between.1.addresses=next --set speed=100G --set mtu=9192 --set cost=9"
	}
	command(link("merged"))
	if _, err := r.CommitFS("main", repo.Author{Person: demoCarol, When: demoDay()}, "as it is", os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(dir + "/intent/link/merged.yaml")
	if err != nil || os.Remove(dir+"/intent/link/merged.yaml") != nil {
		t.Fatal(err)
	}
	subnet := regexp.MustCompile(`10\.0\.8\.[0-9]+/31`)
	theirs, ours := subnet.FindString(string(text)), subnet.FindString(command(link("mine")+" --print"))
	if theirs == "" || ours == "" || theirs == ours {
		t.Errorf("the link on main has %q, and the new one gets %q", theirs, ours)
	}
	command(link("mine"))
	command("check")
}
