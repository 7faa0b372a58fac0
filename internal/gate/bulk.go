package gate

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// BulkFile is where a change request that reaches many devices says how many.
const BulkFile = ".plumbline/bulk.yaml"

// Expected is how far people mean a change to reach.
type Expected struct {
	// How many devices the plan changes.
	Devices int `yaml:"devices"`
	// What for; a request that says the same as the one before says nothing.
	Reason string `yaml:"reason"`
}

// ReadExpected reads the file of a commit.
func ReadExpected(tree fs.FS) (Expected, diag.List) {
	x := new(Expected)
	ds := strict.NewSource().Read(tree, BulkFile, x)
	return *x, ds
}

// Many tells whether a plan for some devices, of all that there are, reaches further than policy
// takes without a word.
func (p Policy) Many(changes, all int) bool {
	n, share := strings.CutSuffix(string(p.Bulk), "%")
	most, err := strconv.Atoi(n)
	switch {
	case p.Bulk == "":
		return false
	case err != nil:
		return true // what cannot be read bounds everything
	case share:
		return changes*100 > most*all
	}
	return changes > most
}

// bulky tells whether the plan before the gate is of class bulk.
func (c court) bulky() bool { return c.Many(len(c.plan.Changes), c.Devices) }

// unexpected holds that a plan for many devices is what people meant: the request itself says for
// how many it is, in a file that came with it.
func unexpected(c court) []string {
	if !c.bulky() || len(c.Landings) == 0 {
		return nil
	}
	n := len(c.plan.Changes)
	if share := strings.HasSuffix(string(c.Bulk), "%"); share && c.Devices == 0 {
		return []string{"nobody tells how many devices there are, and policy asks for a share of them"}
	}
	last := c.Landings[len(c.Landings)-1]
	switch {
	case !slices.Contains(last.Paths, BulkFile):
		return []string{fmt.Sprintf("the plan changes %d devices, more than %s, and %s does not say so in %s", n, c.Bulk, last, BulkFile)}
	case last.Expects != n:
		return []string{fmt.Sprintf("the plan changes %d devices, and %s is for %d", n, last, last.Expects)}
	}
	return nil
}
