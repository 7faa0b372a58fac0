package replay

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"
)

// TestLonely holds that lines are set aside only where each attribute of their rule was thought of: a new
// one has to be.
func TestLonely(t *testing.T) {
	// What a rule says of a line that comes or goes by itself, of blocks, of names that it does not have, or of plans.
	harmless := strings.Fields(`Many Presence Fixed FixedClass ChoiceSlot Step Add Del Chunk ChunkBytes Also Exits Undo Replace Default Birth
		InUse Missing Clash Mode Confirm Answer Resets Thaw Proof Source Lockout Def`)
	if !lonely(&dialect.Rule{}) {
		t.Error("a rule that says nothing is not lonely")
	}
	for f := range reflect.TypeFor[dialect.Attrs]().Fields() {
		r := &dialect.Rule{}
		v := reflect.ValueOf(&r.Attrs).Elem().FieldByIndex(f.Index)
		switch v.Kind() {
		case reflect.Bool:
			v.SetBool(true)
		case reflect.String:
			v.SetString("x")
		case reflect.Int:
			v.SetInt(1)
		case reflect.Slice:
			v.Set(reflect.MakeSlice(f.Type, 1, 1))
		case reflect.Pointer:
			v.Set(reflect.New(f.Type.Elem()))
		default:
			t.Fatal(f.Name, v.Kind())
		}
		if lonely(r) != slices.Contains(harmless, f.Name) {
			t.Errorf("a rule with %s: lonely is %v", f.Name, lonely(r))
		}
	}
	for name, r := range map[string]*dialect.Rule{"Birth": {Attrs: dialect.Attrs{Birth: []string{"x"}}}, "Default": {Attrs: dialect.Attrs{Default: "on"}}} {
		if r.Mode = "x"; entered(r) {
			t.Errorf("a block with %s may be entered", name)
		}
	}
}
