package main

import (
	"bytes"
	"os"
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
	if err := os.Remove(dir + "/intent/link/merged.yaml"); err != nil {
		t.Fatal(err)
	}
	if got := command(link("mine") + " --print"); !strings.Contains(got, "10.0.8.8/31") || strings.Contains(got, "10.0.8.6/31") {
		t.Errorf("the subnet of the link on main is given away, or others are passed over:\n%s", got)
	}
	command(link("mine"))
	command("check")
}
