package templates_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/golden"
	"plumbline/internal/plan"
	"plumbline/internal/tree/dialect"
	"plumbline/render"
)

// TestPlatformPages holds the law: the page of a platform says what its folder says.
func TestPlatformPages(t *testing.T) {
	for _, name := range platforms(t) {
		p, problems := render.Read(os.DirFS("."), name)
		for _, d := range problems {
			t.Errorf("%v", d)
		}
		golden.Page(t, "../docs/platforms/"+name+".md", platformPage(p))
	}
}

// acts says in words when lines act.
var acts = map[string]string{
	"line":    "Each line acts when it is entered, so that the order of all lines counts and every step is checked by itself.",
	"commit":  "Lines go into a candidate and act together at its commit; the end is checked, and what has to stand before what in the candidate.",
	"message": "One request deletes first and sets then, and is taken or refused as a whole.",
	"file":    "The whole file is staged and loaded at one moment; commands of a plan only say what changes in it.",
}

// levels says what stands behind a rule.
var levels = [5]string{
	"unverified: no document that can be cited was found",
	"seen in public configurations or in what the vendor publishes",
	"in the vendor's documents",
	"a device said so in a public report or a recording",
	"measured on the real program",
}

func platformPage(p render.Platform) []byte {
	var b bytes.Buffer
	d, rules := p.Dialect, distinct(p.Dialect.Rules, map[string]bool{})
	fmt.Fprintf(&b, "# %s\n\nThis page is made from `templates/%s` (`go test ./templates -update`). What its cases show is in the [table of all](coverage.md); the words are explained in [dialects](../dialects.md).\n\n", p.Title, p.Name)
	fmt.Fprintf(&b, "| | |\n|---|---|\n| folder aims at | %s |\n| reached by | %s |\n| way of committing | `%s` |\n| syntax | %s |\n| taken back by | `%s` |\n", p.Support, strings.Join(p.Drivers, ", "), p.Style, d.Syntax, d.Negate)
	if d.Width > 0 {
		fmt.Fprintf(&b, "| longest command | %d bytes |\n", d.Width)
	}
	if len(p.HostManaged) > 0 {
		fmt.Fprintf(&b, "| the host's, not rendered | %s |\n", strings.Join(p.HostManaged, ", "))
	}
	fmt.Fprintf(&b, "\n%s\n", acts[d.Acts])
	if len(p.Requires) > 0 {
		b.WriteString("\n## What it requires\n\n")
	}
	for _, r := range p.Requires {
		fmt.Fprintf(&b, "- %s; else %s\n", r.Want, r.Fix)
	}
	rendered(&b, p.Name)
	proofs(&b, rules)
	blocks(&b, rules)
	replayed(&b, rules)
	var unverified []*dialect.Rule
	for _, r := range rules {
		if r.Proof == 0 {
			unverified = append(unverified, r)
		}
	}
	fmt.Fprintf(&b, "\n## Unverified rules\n\n%d of %d.\n\n```\n", len(unverified), len(rules))
	for _, r := range unverified {
		fmt.Fprintln(&b, path(r))
	}
	b.WriteString("```\n")
	return b.Bytes()
}

// distinct gives the rules of a file, each once though several blocks use it, and without
// other spellings.
func distinct(rules []*dialect.Rule, seen map[string]bool) (out []*dialect.Rule) {
	for _, r := range rules {
		if written := fmt.Sprint(r.Line, r.Text); r.Of == nil && !seen[written] {
			seen[written] = true
			out = append(out, r)
		}
		out = append(out, distinct(r.Kids, seen)...)
	}
	return out
}

// path gives a rule with the blocks around it.
func path(r *dialect.Rule) string {
	if r.Up == nil {
		return r.Text
	}
	return path(r.Up) + " > " + r.Text
}

// code writes text as code in a cell of a table.
func code(s string) string { return "`" + strings.ReplaceAll(s, "|", `\|`) + "`" }

func proofs(b *bytes.Buffer, rules []*dialect.Rule) {
	var count [5]int
	cited := map[string]int{}
	for _, r := range rules {
		count[r.Proof]++
		if r.Source != "" {
			cited[fmt.Sprintf("%d | %s", r.Proof, r.Source)]++
		}
	}
	fmt.Fprintf(b, "\n## What stands behind the rules\n\n| proof | rules | meaning |\n|---|---|---|\n")
	for i := 4; i >= 0; i-- {
		fmt.Fprintf(b, "| %d | %d | %s |\n", i, count[i], levels[i])
	}
	fmt.Fprintf(b, "\nA plan tells the weakest of the rules that it uses. Outside a lab, what has less than %d is pushed only to a device whose inventory says `experimental_push`.\n", plan.Proved)
	if len(cited) == 0 {
		return
	}
	b.WriteString("\n| proof | cited | rules |\n|---|---|---|\n")
	var rows []string
	for source, n := range cited {
		rows = append(rows, fmt.Sprintf("| %s | %d |\n", source, n))
	}
	slices.Sort(rows)
	slices.Reverse(rows)
	b.WriteString(strings.Join(rows, ""))
}

// blocks lists what lines stand in and what of it has an order.
func blocks(b *bytes.Buffer, rules []*dialect.Rule) {
	b.WriteString("\n## What it knows\n\n| block | told apart by | kinds of lines in it |\n|---|---|---|\n")
	top := 0
	var lists []string
	for _, r := range rules {
		if r.Up == nil && !r.Block() {
			top++
		}
		if r.Block() {
			fmt.Fprintf(b, "| %s | %s | %s |\n", code(path(r)), keys(r), kinds(r))
		}
		switch {
		case r.Sequence != "":
			lists = append(lists, fmt.Sprintf("| %s | numbers `%s`, new ones in steps of %d |\n", code(path(r)), r.Sequence, max(r.Step, 1)))
		case r.Ordered:
			lists = append(lists, fmt.Sprintf("| %s | the place among the others |\n", code(path(r))))
		case r.Rewrite:
			lists = append(lists, fmt.Sprintf("| %s | text, sent as a whole |\n", code(path(r))))
		}
	}
	fmt.Fprintf(b, "| at the top, outside blocks | | %d |\n", top)
	if len(lists) > 0 {
		b.WriteString("\n| what has an order | by |\n|---|---|\n" + strings.Join(lists, ""))
	}
}

func kinds(r *dialect.Rule) string {
	if r.Rewrite {
		return "any text"
	}
	n := 0
	for _, k := range r.Kids {
		if k.Of == nil {
			n++
		}
	}
	return fmt.Sprint(n)
}

func keys(r *dialect.Rule) string {
	var out []string
	for _, e := range dialect.Slots(r.Pattern) {
		if !e.Value {
			out = append(out, e.Name)
		}
	}
	if len(out) == 0 {
		return "there is one"
	}
	return "`" + strings.Join(out, "` `") + "`"
}

// effects is what the device on paper does with a rule beside holding its line, by the
// attribute that says so.
var effects = []struct {
	name, does string
	has        func(r *dialect.Rule) bool
}{
	{"default", "a silent line is at its default, and one that equals it is not shown", func(r *dialect.Rule) bool { return r.Default != "" }},
	{"replace=undo-first", "a new value is refused or ignored while the old one stands", func(r *dialect.Rule) bool { return r.Replace == "undo-first" }},
	{"replace=recreate", "a new value means that the owner goes and comes again", func(r *dialect.Rule) bool { return r.Replace == "recreate" }},
	{"choice", "a line takes the place of others of its choice", func(r *dialect.Rule) bool { return r.Choice != "" }},
	{"owns", "its removal takes other lines along", func(r *dialect.Rule) bool { return len(r.Owns) > 0 }},
	{"wipes", "it clears other lines", func(r *dialect.Rule) bool { return len(r.Wipes) > 0 }},
	{"needs", "it is refused without another line", func(r *dialect.Rule) bool { return len(r.Needs) > 0 }},
	{"conflicts", "it is refused while another line stands", func(r *dialect.Rule) bool { return len(r.Conflicts) > 0 }},
	{"heldby", "its removal is refused while another line stands", func(r *dialect.Rule) bool { return len(r.HeldBy) > 0 }},
	{"def", "it brings a name into being", func(r *dialect.Rule) bool { return r.Def != nil }},
	{"inuse=refuse", "a name in use is not removed", func(r *dialect.Rule) bool { return r.InUse == "refuse" }},
	{"ref", "it uses a name, which is there before and goes behind", func(r *dialect.Rule) bool { return r.Ref != nil }},
	{"missing=refuse", "a name that is not there is refused", func(r *dialect.Rule) bool { return r.Missing == "refuse" }},
	{"unique", "one value is held by one line only", func(r *dialect.Rule) bool { return r.Unique != nil }},
	{"gate", "it needs a line at the top, whose removal takes it along", func(r *dialect.Rule) bool { return r.Gate != "" }},
	{"fixed", "the block can not be removed", func(r *dialect.Rule) bool { return r.Fixed }},
	{"birth", "a new block has lines from the start", func(r *dialect.Rule) bool { return len(r.Birth) > 0 }},
	{"ids", "a set is changed by what is new and what is gone", func(r *dialect.Rule) bool { return r.IDs != "" }},
	{"expand", "one header stands for several blocks", func(r *dialect.Rule) bool { return r.Expand != "" }},
	{"blob", "a value has lines of its own", func(r *dialect.Rule) bool { return r.Blob != "" }},
	{"rewrite", "any difference sends the whole block", func(r *dialect.Rule) bool { return r.Rewrite }},
	{"filter", "what bounds a neighbour is never missing while it stands", func(r *dialect.Rule) bool { return r.Filter }},
	{"lockout", "it touches the way in: it comes last and is never missing", func(r *dialect.Rule) bool { return r.Lockout }},
	{"confirm", "the device asks a question", func(r *dialect.Rule) bool { return r.Confirm != "" }},
	{"deviceonly", "the device writes it by itself; it is kept", func(r *dialect.Rule) bool { return r.DeviceOnly }},
	{"noise", "it means nothing", func(r *dialect.Rule) bool { return r.Noise }},
}

// replayed lists what the device on paper does on this platform.
func replayed(b *bytes.Buffer, rules []*dialect.Rule) {
	b.WriteString("\n## What the device on paper does\n\nEvery plan is played on it before it is offered. Beside holding lines, overwriting and taking back, on this platform it knows:\n\n| effect | rules | word |\n|---|---|---|\n")
	for _, e := range effects {
		n := 0
		for _, r := range rules {
			if e.has(r) {
				n++
			}
		}
		if n > 0 {
			fmt.Fprintf(b, "| %s | %d | `%s` |\n", e.does, n, e.name)
		}
	}
}
