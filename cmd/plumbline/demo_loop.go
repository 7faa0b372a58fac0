package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"golang.org/x/crypto/ssh"

	"plumbline/internal/repo"
)

// The people of the demo: carol writes, alice owns the network, bob reviews.
const demoBob = "bob"

var demoCarol = repo.Person{Name: "Carol", Email: "carol@example.net"}

// commit makes the repository: first what decides (policy, signers), which alice signs as
// the baseline; then carol's branch with the intent.
func (d *demo) commit(ctx context.Context) (string, error) {
	signers, err := d.keys("alice", demoBob, "carol", "ledger")
	if err != nil {
		return "", err
	}
	if d.repo, err = repo.Init(d.path("network"), "main"); err != nil {
		return "", err
	}
	if err := d.repo.SetUser(demoCarol); err != nil {
		return "", err
	}
	policy, err := os.ReadFile(d.path("network", "policy.yaml"))
	if err != nil {
		return "", err
	}
	alice := repo.Author{Person: repo.Person{Name: "Alice", Email: "alice@example.net"}, When: demoDay()}
	base := map[string][]byte{"policy.yaml": policy, ".plumbline/allowed_signers": signers}
	if _, err := d.repo.Commit("main", alice, "Who decides", base); err != nil {
		return "", err
	}
	if err := writeFile(d.path("network", ".plumbline", "allowed_signers"), signers, 0o644); err != nil {
		return "", err
	}
	if _, err := d.plumbline(ctx, ok, "approve", "--baseline", "--key", d.path("keys", "alice")); err != nil {
		return "", err
	}
	tip, err := d.repo.Branch("main")
	if err != nil {
		return "", err
	}
	if err := d.repo.Point("change", tip); err != nil {
		return "", err
	}
	_, err = d.repo.CommitFS("change", repo.Author{Person: demoCarol, When: demoDay()}, "The network", os.DirFS(d.path("network")))
	return "main holds policy and signers; carol's branch holds inventory and intent", err
}

// keys makes a key for each name, and gives the list of who may sign what.
func (d *demo) keys(names ...string) ([]byte, error) {
	var list bytes.Buffer
	for _, name := range names {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		block, err := ssh.MarshalPrivateKey(private, name)
		if err != nil {
			return nil, err
		}
		file := strings.TrimPrefix(name, "")
		if strings.HasPrefix(name, "ledger") {
			file = "ledger"
		}
		if err := writeFile(d.path("keys", file), pem.EncodeToMemory(block), 0o600); err != nil {
			return nil, err
		}
		key, err := ssh.NewPublicKey(public)
		if err != nil {
			return nil, err
		}
		space := "approval@plumbline,baseline@plumbline"
		if file == "ledger" {
			space = "ledger@plumbline"
		}
		fmt.Fprintf(&list, "%s namespaces=\"%s\" %s", name, space, ssh.MarshalAuthorizedKey(key))
	}
	return list.Bytes(), nil
}

func (d *demo) check(ctx context.Context) (string, error) {
	_, err := d.plumbline(ctx, ok, "check")
	return fmt.Sprintf("%d devices, every reference and rule holds", len(d.build.Configs())), err
}

func (d *demo) render(ctx context.Context) (string, error) {
	_, err := d.plumbline(ctx, ok, "render", "--origins")
	return fmt.Sprintf("%d lines, each with its intent line and its template line", lines(d.build)), err
}

func (d *demo) diff(ctx context.Context) (string, error) {
	out, err := d.plumbline(ctx, ok, "diff", "--out", d.path("plan.json"))
	if err != nil {
		return "", err
	}
	return d.keep(out)
}

// keep takes the digest of the plan that was just shown.
func (d *demo) keep(out string) (string, error) {
	m := regexp.MustCompile(`Plan ([0-9a-f]{64}): (\d+) devices? differ`).FindStringSubmatch(out)
	if m == nil {
		return "", errors.New("diff shows no plan:\n" + out)
	}
	d.plan = m[1]
	return fmt.Sprintf("plan %.12s: %s devices differ, every script proved by replay, there and back", m[1], m[2]), nil
}

func (d *demo) refused(ctx context.Context) (string, error) {
	out, err := d.plumbline(ctx, refused, "push", "--plan", d.plan)
	if err != nil {
		return "", err
	}
	for _, name := range d.farm.Names() {
		if n := d.farm.Device(name).Counters().WriteSessions; n > 0 {
			return "", fmt.Errorf("%s saw %d sessions of the write user", name, n)
		}
	}
	return "exit 6, " + firstRule(out) + "; no device was written to", nil
}

func firstRule(out string) string {
	if m := regexp.MustCompile(`(gate|push)/[a-z-]+`).FindString(out); m != "" {
		return m
	}
	return "refused"
}

func (d *demo) approve(ctx context.Context) (string, error) {
	_, err := d.plumbline(ctx, ok, "approve", d.plan, "--key", d.path("keys", demoBob), "--head", "change")
	return "bob signed the plan's digest; carol, who wrote the change, could not", err
}

func (d *demo) merge(context.Context) (string, error) {
	head, err := d.repo.Branch("change")
	if err != nil {
		return "", err
	}
	_, err = d.repo.Merge("main", repo.Author{Person: demoCarol, When: demoDay()}, "Merge the network", head)
	return "main holds, file for file, what was reviewed", err
}

func (d *demo) push(ctx context.Context) (string, error) {
	if _, err := d.plumbline(ctx, ok, "push", "--plan", d.plan); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d mutating lines in waves; each device kept after its health was read", d.mutating()), nil
}

func (d *demo) mutating() (n int) {
	for _, name := range d.farm.Names() {
		n += d.farm.Device(name).Counters().Mutating
	}
	return n
}

func (d *demo) again(ctx context.Context) (string, error) {
	before := d.mutating()
	out, err := d.plumbline(ctx, ok, "push", "--plan", d.plan)
	switch {
	case err == nil && d.mutating() != before:
		err = fmt.Errorf("the second push sent %d lines", d.mutating()-before)
	case err == nil && !strings.Contains(out, "nothing was sent"):
		err = errors.New("the second push does not say that nothing was sent:\n" + out)
	}
	return "every device holds it already: 0 mutating lines", err
}

func (d *demo) empty(ctx context.Context) (string, error) {
	out, err := d.plumbline(ctx, ok, "diff", "--exit-code")
	if err == nil && !strings.Contains(out, "no differences") {
		err = errors.New("the second diff is not empty:\n" + out)
	}
	return "no differences", err
}

// demoTyped is what somebody types on a router by hand.
var demoTyped = []string{"router bgp 64496", "address-family ipv4 unicast", "no neighbor 198.18.0.77 route-map as64500-fra-out-4 out"}

const demoRouter = "edge1-fra"

func (d *demo) tamper(context.Context) (string, error) {
	box := d.farm.Device(demoRouter)
	if err := box.Type(demoTyped...); err != nil {
		return "", err
	}
	box.Save()
	return demoRouter + ": " + demoTyped[len(demoTyped)-1] + ", and saves it", nil
}

func (d *demo) drift(ctx context.Context) (string, error) {
	page := d.path("drift.html")
	out, err := d.plumbline(ctx, differ, "drift", "--page", page)
	if err != nil {
		return "", err
	}
	m := regexp.MustCompile(`-    neighbor 198.18.0.77 route-map as64500-fra-out-4 out +(intent/\S+)`).FindStringSubmatch(out)
	if m == nil {
		return "", errors.New("drift does not name the line and its owner:\n" + out)
	}
	said := "exit 2, one line of " + demoRouter + ", owned by " + m[1]
	if d.kept {
		said += "; page " + page
	}
	return said, nil
}

func (d *demo) restore(ctx context.Context) (string, error) {
	out, err := d.plumbline(ctx, refused, "push", "--restore", demoRouter)
	if err != nil {
		return "", err
	}
	if _, err := d.keep(out); err != nil {
		return "", err
	}
	head := "plumbline/restore-" + demoRouter + "-" + d.plan[:8]
	if _, err := d.plumbline(ctx, ok, "approve", d.plan, "--key", d.path("keys", demoBob), "--head", head); err != nil {
		return "", err
	}
	tip, err := d.repo.Branch(head)
	if err != nil {
		return "", err
	}
	if _, err := d.repo.Merge("main", repo.Author{Person: demoCarol, When: demoDay()}, "Restore", tip); err != nil {
		return "", err
	}
	if _, err := d.plumbline(ctx, ok, "push", "--plan", d.plan); err != nil {
		return "", err
	}
	want := ok
	if len(d.holds) > 0 { // what devices held before is nobody's, and drift tells it
		want = differ
	}
	_, err = d.plumbline(ctx, want, "drift")
	return "refused, approved, pushed: exactly the missing line is back, drift ends with 0", err
}

func (d *demo) bad(ctx context.Context) (string, error) {
	file := d.path("network", "intent", "peering", "as64500-fra.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	spoiled := strings.Replace(string(text), "relation:", "relatoin:", 1)
	if err := os.WriteFile(file, []byte(spoiled), 0o644); err != nil {
		return "", err
	}
	out, err := d.plumbline(ctx, findings, "check")
	if err != nil {
		return "", err
	}
	m := regexp.MustCompile(`unknown field "relatoin".*\n.*--> (\S+)`).FindStringSubmatch(out)
	if m == nil {
		return "", errors.New("check does not name the place of the typo:\n" + out)
	}
	return "exit 1, a typo at " + m[1] + ", before any device was asked", nil
}
