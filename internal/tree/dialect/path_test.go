package dialect

import (
	"slices"
	"strings"
	"testing"
)

// What stands between brackets or braces in a value is no key and no container, and a key
// may hold brackets; a path taken apart is put together again as it was.
func TestPathsTakenApart(t *testing.T) {
	d, problems := Read("d", []byte("syntax: path\nacts: message\nnegate: delete\nset: update\n\ni [name=<n:word>]\n  t =<t:quoted>\n  p <m:quoted>\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for in, want := range map[string]string{
		`{"i": [{"name": "e", "t": "[a=b]"}]}`:                `i [name=e]|t "[a=b]"`,
		`{"i": [{"name": "e", "t": "{x"}]}`:                   `i [name=e]|t "{x"`,
		`{"i": [{"name": "e", "p": ["[null]", "[x", null]}]}`: `i [name=e]|p "[null]"|p "[x"|p [null]`,
		`{"i": [{"name": "e[1]/2", "t": "a[b]"}]}`:            `i [name=e\[1\]/2]|t a[b]`,
		"/i[name=e\\[1\\]/2]/t a[b]":                          `i [name=e\[1\]/2]|t a[b]`,
		"/i[name=e[1]/t \"[a=b]\"":                            `i [name=e[1]|t "[a=b]"`,
	} {
		var have []string
		paths(d, in, func(l Line) { have = append(have, l.Text) })
		if got := strings.Join(have, "|"); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for _, path := range []string{`/i[name=e 1][type=b c]/t "[a=b]"`, `/i[name=e\[1\] x][k=/v]/p "{}"`, `/a/b[x=1] v w`} {
		if again := JoinPath(SplitPath(path)); again != path {
			t.Errorf("%s came back as %s", path, again)
		}
	}
	if parts := SplitPath(`/i[name=e 1][type=b c]/t`); !slices.Equal(parts, []string{"i [name=e 1] [type=b c]", "t"}) {
		t.Errorf("%q", parts)
	}
}
