package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named finds the rule of a finding where it is made.
var named = regexp.MustCompile(`f\([^"\n]*"((?:render|plan|push|platform|drift|gate|policy|ledger)/[a-z0-9-]+)"`)

// TestExplainKnows holds the law: what a stage behind check can find, explain can explain.
func TestExplainKnows(t *testing.T) {
	found := 0
	for _, room := range []string{"render", "internal/plan", "internal/push", "internal/drift", "internal/pipeline", "internal/gate", "internal/gate/signed", "cmd/plumbline"} {
		files, err := filepath.Glob("../../" + room + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(room, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil || strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range named.FindAllStringSubmatch(string(text), -1) {
				found++
				if err := (&env{out: io.Discard}).explainRule(m[1]); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d findings were seen: this law looks in the wrong place", found)
	}
}
