package drivers

import "context"

// Session is how the command line of a platform is opened and read: facts out of
// platform.yaml, never code.
type Session struct {
	Exec    string            // shape of the prompt in exec mode, "<host># "
	Config  string            // shape of the prompt in configuration mode, "<host>(<mode>)# "; <user> is who logged in
	Open    []string          // lines sent after login: paging off
	Enter   string            // into configuration mode
	Leave   string            // out of it
	Fetch   string            // the command that shows the running configuration
	End     string            // the last line of a complete answer
	Errors  []string          // refusal texts at the start of a line of an answer
	Notes   []string          // how lines begin that a device may say to a line that it took
	Around  []string          // how lines begin that may stand in any answer and belong to none
	Text    []string          // what ends a block that is one text: the prompt tells no modes in it
	Moving  []string          // how lines of a configuration begin that say nothing about what it does
	Save    string            // running to startup
	Saved   string            // what a good save says
	Read    map[string]string // the whole vocabulary of Probe: name -> command, slots <ip>, <name>
	Paths   Paths             // how a change that is written in paths is said
	Commit  Commit            // how a change is put on trial
	Models  Models            // how it is read through gNMI
	Netconf Netconf           // how it is read and written through NETCONF
}

// Paths is how a command line says what the lines "update PATH VALUE" and "delete PATH" of a change
// mean, in the words and keys of the path: its beginnings. Without them lines are typed as they are.
type Paths struct{ Update, Delete string }

// Login is what proves us to a device. It prints as its user alone.
type Login struct {
	User       string
	Password   string // empty where a key is used
	PrivateKey []byte // PEM; empty where a password is used
	Agent      string // socket of an agent that holds the key
}

// String never shows a secret.
func (l Login) String() string { return "login " + l.User }

// GoString never shows a secret.
func (l Login) GoString() string { return l.String() }

// Logins resolves the name of a credential, at the moment it is used.
type Logins func(ctx context.Context, credential string) (Login, error)
