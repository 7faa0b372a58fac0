package schema_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/fstest"

	"plumbline/internal/gate"
	"plumbline/internal/schema"
	"plumbline/internal/strict"
)

// everyPolicy gives every field of policy.yaml.
const everyPolicy = `repo: 6f1c0f0e-6d0b-4b8e-9a55-0c2f2a7f5a11
branch: main
lab: false
people:
- {name: ann, signer: ann@example.net, emails: [a@example.net], github: 7, gitlab: 8, gitea: 9}
groups:
- {name: ops, people: [ann]}
- {name: night, team: acme/night-ops, number: 17}
approvals:
- {class: any, min: 1, from: [ops], digest_in_review: true}
- {path: intent/peering/, min: 1, from: [ops]}
waves: [1, 30%, 100%]
soak: 60s
timer_margin: 1m30s
max_devices_per_hour: 20
plan_lasts: 72h
max_exposure: 15m
max_on_trial: 5
bulk: 20%
on_failure: undo_all
probes:
- {name: web, http: "https://www.example.net/", status: 204}
- {name: names, dns: 192.0.2.53, port: 53, ask: www.example.net}
- {name: shop, tcp: 192.0.2.80, port: 443}
- {name: far, ping: "2001:db8::1"}
- {name: path, trace: 192.0.2.80, hops: 3, via: 192.0.2.1}
freeze:
- {from: 2026-12-20, until: 2027-01-04, reason: year end}
severities:
- {rule: inventory/no-oob, severity: error}
wider:
- {policy: as64500-fra-in-4, until: 2026-12-31, why: they become our provider}
forge:
  kind: gitea
  repository: 4711
  signed: true
  demand: [no-force-push, reviews]
`

// TestAlikePolicy holds of policy.yaml what TestAlike holds of intent.
func TestAlikePolicy(t *testing.T) {
	of := schema.Of(reflect.TypeFor[gate.Policy](), gate.Source)
	s := compiled(t, schema.JSONFile("policy", of))
	j := &judge{T: t}
	judged := func(name string, text []byte) *strict.Node {
		doc, ds := strict.NewSource().Open(fstest.MapFS{"policy.yaml": {Data: text}}, "policy.yaml")
		if doc == nil {
			return nil
		}
		ds = append(ds, doc.Into(new(gate.Policy))...)
		j.agree(name, s, doc.Tree(), ds, text)
		return doc.Tree()
	}
	texts := map[string][]byte{"every field": []byte(everyPolicy)}
	files, _ := filepath.Glob("../../examples/*/policy.yaml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = text
	}
	mutants := 0
	for name, text := range texts {
		m := mutator{root: plain(judged(name, text)), emit: func(what string, root any) {
			mutants++
			judged(name+": "+what, write(root))
		}}
		m.object(of, m.root.(map[string]any), "")
	}
	if j.good < 100 || j.bad < 500 || len(files) < 2 {
		t.Errorf("%d mutations of %d files: %d good, %d bad, %d beyond a schema", mutants, len(texts), j.good, j.bad, j.other)
	}
	every(t, of, plain(judged("every field", []byte(everyPolicy))), "policy")
}

// every sees that each field says what it means, and stands in the text that gives all.
func every(t *testing.T, of *schema.Object, v any, at string) {
	t.Helper()
	given := map[string]any{}
	switch v := v.(type) {
	case map[string]any:
		given = v
	case []any: // of objects: what any of them gives
		for _, one := range v {
			for k, x := range one.(map[string]any) {
				given[k] = x
			}
		}
	}
	for _, f := range of.Fields {
		if given[f.Name] == nil || f.Doc == "" {
			t.Errorf("%s.%s is not tried, or says nothing", at, f.Name)
		} else if in := f.Type.Scalar().Object; in != nil {
			every(t, in, given[f.Name], at+"."+f.Name)
		}
	}
}
