package dialect

import (
	"reflect"
	"testing"
)

// TestSought holds that whatever a glob of any attribute looks for is known by its first word.
func TestSought(t *testing.T) {
	n := 0
	for f := range reflect.TypeFor[Attrs]().Fields() {
		if f.Type != reflect.TypeFor[[]Glob]() {
			continue
		}
		n++
		for text, word := range map[string]string{"a * > b": "b", "/ a b": "a", "no a {n}": "a", "c => d {n}": "d", "x > ** ": "any"} {
			gs, err := readGlobs(text)
			if err != nil {
				t.Fatal(err)
			}
			d, a := &Dialect{Negate: "no"}, &Attrs{}
			reflect.ValueOf(a).Elem().FieldByIndex(f.Index).Set(reflect.ValueOf(gs))
			if d.seek(&Attrs{}); d.Sought(word) {
				t.Errorf("%s is sought by nothing", word)
			}
			if d.seek(a); !d.Sought(word) || text[0] != 'x' && d.Sought("e") {
				t.Errorf("%s=%q: %s is not sought, or all is", f.Name, text, word)
			}
		}
	}
	if n < 10 {
		t.Errorf("%d attributes are globs", n)
	}
}

// TestOrdinary holds what lines are nothing but lines.
func TestOrdinary(t *testing.T) {
	d, problems := Read("x", []byte(head+"comment: !\nbanner =<b:blob> :: blob=delim\na :: exit=\"end-a\"\n b\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d.Join([]string{"Current configuration"}, "end")
	for line, want := range map[string]bool{"a": true, "b c": true, "bannered x": true, "encapsulation": true, "exits": false, "exit": false,
		"end-a": false, "end": false, "endless": true, "! b": false, "banner ^C": false, "Current configuration 3": false, "Currently": true} {
		if d.Ordinary(line) != want {
			t.Errorf("%q: want %v", line, want)
		}
	}
}
