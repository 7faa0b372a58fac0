package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// counted writes a number with its noun: 1 device, 2 devices, 2 entries.
func counted(n int, noun string) string {
	switch {
	case n == 1:
	case noun == "person":
		noun = "people"
	case strings.HasPrefix(noun, "rule of "):
		noun = "rules of " + strings.TrimPrefix(noun, "rule of ")
	case strings.HasSuffix(noun, "y") && noun != "key":
		noun = strings.TrimSuffix(noun, "y") + "ies"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// wasWere and differs write a number of devices with its verb.
func wasWere(n int) string {
	if n == 1 {
		return "1 device was"
	}
	return counted(n, "device") + " were"
}

func differs(n int) string {
	if n == 1 {
		return "1 device differs"
	}
	return counted(n, "device") + " differ"
}

// one asks for exactly one argument, and says which where it is not there.
func one(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return fmt.Errorf("%s is missing: plumbline %s", what, c.Use)
		case len(args) > 1:
			return fmt.Errorf("one %s at a time, and there are %d: plumbline %s", what, len(args), c.Use)
		}
		return nil
	}
}

// badFlag tells of a flag that cannot be read, in no words of a programming language.
func badFlag(c *cobra.Command, err error) error {
	text := err.Error()
	for _, cut := range []string{": strconv.", ": parse error", ": time: "} {
		if head, _, ok := strings.Cut(text, cut); ok {
			text = head + ": want " + wanted(c, head)
		}
	}
	return errors.New(text + "; see plumbline " + strings.TrimPrefix(c.CommandPath(), "plumbline ") + " --help")
}

// wanted is what the flag that a message names takes.
func wanted(c *cobra.Command, message string) string {
	_, name, _ := strings.Cut(message, "--")
	name, _, _ = strings.Cut(name, "\"")
	if f := c.Flags().Lookup(name); f != nil && f.Value.Type() == "int" {
		return "a whole number"
	}
	return "another value"
}
