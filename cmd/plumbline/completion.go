package main

import (
	"github.com/spf13/cobra"

	"plumbline/internal/schema"
	"plumbline/templates"
)

// completes gives a verb what a shell offers for its words: names of the network, also while
// its files say wrong things.
func (e *env) completes(c *cobra.Command, offer func(n schema.Names, given []string) []string) *cobra.Command {
	c.ValidArgsFunction = func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
		tree, err := e.files("")
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return offer(schema.NamesIn(tree, templates.FS), given), cobra.ShellCompDirectiveNoFileComp
	}
	return c
}

// offers is what a shell offers behind each verb that takes names.
var offers = map[string]func(n schema.Names, given []string) []string{
	"render":  devices,
	"diff":    devices,
	"drift":   devices,
	"doctor":  devices,
	"explain": func(schema.Names, []string) []string { return schema.Read().Roots() },
	"new": func(_ schema.Names, given []string) []string {
		if len(given) > 0 {
			return nil
		}
		return append(schema.Read().KindNames(), "credential", "device", "site")
	},
}

func devices(n schema.Names, _ []string) []string { return n["device"] }
