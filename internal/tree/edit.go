package tree

// Why is the reason of an edit.
type Why uint8

// The reasons.
const (
	Change   Why = iota // wanted and live differ
	Cascade             // another edit takes it away, so it is sent again
	Recreate            // its owner cannot be changed in place
	Split               // two lines change places: one makes room for a moment
)

// String gives the word for a reason.
func (w Why) String() string { return [...]string{"change", "cascade", "recreate", "split"}[w] }

// Edit is one command: a line that is set, or one that is taken away. A plan may hold thousands, so what
// many of them share stands apart.
type Edit struct {
	*Place
	*Aside
	Line    string // the wanted line, or for a removal the live one; like Path and Takes without secrets
	Send    string // the command itself
	Was     string // the live line in whose place it comes, without secrets; "" for none
	No      int    // the wanted line it comes from, 0 for a removal: the key into Origins
	Cause   int    // with a cascade: the wanted line of the edit behind it
	Proof   int    // how well its rule is proved, 0 to 4
	Why     Why
	Del     bool
	Unruled bool // no rule of the dialect knows this line
	Lockout bool // it touches the way in
	Filter  bool // it bounds what is let through
	Foreign bool // under Options.Guard: it takes away what is not ours
	Over    bool // under Options.Guard: the line of Was is not ours
	Opens   bool // it is the header of a block, which is open after it
}

// Place is where an edit stands.
type Place struct {
	Path   []string // the headers of the blocks it stands in, canonical
	Blocks []string // the same headers as they are sent
	Exit   []string // the words that leave the blocks it stands in, and the one it opens
}

// Aside is what few edits have.
type Aside struct {
	Resets  []string // what it resets on the device
	Thaw    string   // the device takes it, and goes on as before until this is typed there
	Takes   string   // with Foreign: the line that it takes away
	Confirm string   // of a removal: the question that the device asks
	Answer  string   // and what is answered
}
