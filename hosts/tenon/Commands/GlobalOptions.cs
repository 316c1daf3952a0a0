using System.CommandLine;
using Tenon.Runtime;

namespace Tenon.Cli.Commands;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    /// <summary>The device to run on.</summary>
    public Option<string?> Device { get; } = new("--device")
    {
        Description = "The device to run on, such as CPU or CPU:1; otherwise plugins.json says.",
        HelpName = "NAME",
        Recursive = true,
    };

    /// <summary>The code generator of the device.</summary>
    public Option<string?> Generator { get; } = new("--generator")
    {
        Description = "The code generator of the device, such as CLR, Clang or LLVM; 'tenon devices' lists them.",
        HelpName = "NAME",
        Recursive = true,
    };

    /// <summary>What is printed while kernels are made and run.</summary>
    public Option<int?> Debug { get; } = new("--debug")
    {
        Description = "Print 1 schedules, 2 kernels with time, 3 kernel graphs, 4 source, 5 linear programs; each with those before.",
        HelpName = "0..5",
        Recursive = true,
    };

    /// <summary>Another plugins.json.</summary>
    public Option<string?> Plugins { get; } = new("--plugins")
    {
        Description = "Another file in place of plugins.json beside the program.",
        HelpName = "PATH",
        Recursive = true,
    };

    /// <summary>Overrides of plugins.json.</summary>
    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Override one setting, such as plugins:tenon.cpu:threads=1; may be repeated.",
        HelpName = "KEY=VALUE",
        Recursive = true,
    };

    /// <summary>Whether an error comes with its stack trace.</summary>
    public Option<bool> Trace { get; } = new("--trace")
    {
        Description = "Show the stack trace of an error.",
        Recursive = true,
    };

    /// <summary>Adds the options to the root command.</summary>
    public void AddTo(Command root)
    {
        CommonOptions.Require<int>(Debug, n => n is >= 0 and <= 5, "--debug must be 0 to 5.");
        Set.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => t.Value.IndexOf('=') < 1) is { } wrong)
            {
                result.AddError($"'{wrong.Value}' is not KEY=VALUE.");
            }
        });
        foreach (var option in new Option[] { Device, Generator, Debug, Plugins, Set, Trace })
        {
            root.Options.Add(option);
        }
    }

    /// <summary>Opens the runtime that the command line asks for and makes it the default one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">Settings of the command itself.</param>
    public TenonRuntime CreateRuntime(ParseResult parsed, params (string Key, string Value)[] settings)
    {
        var runtime = Build(parsed, Overrides(parsed, settings));
        TenonRuntime.Default = runtime;
        return runtime;
    }

    /// <summary>What the command line asks for as variables for another program that uses Tenon.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">Settings of the command itself.</param>
    public Dictionary<string, string?> ToEnvironment(ParseResult parsed, params (string Key, string Value)[] settings)
    {
        var variables = Overrides(parsed, settings).ToDictionary(o => "TENON__" + o.Key.Replace(":", "__").Replace('.', '_'), o => o.Value);
        if (parsed.GetValue(Plugins) is { } file)
        {
            variables["TENON_PLUGINS"] = Path.GetFullPath(file);
        }

        return variables;
    }

    private Dictionary<string, string?> Overrides(ParseResult parsed, (string Key, string Value)[] settings, bool hasGenerator = true)
    {
        var overrides = settings.ToDictionary(s => s.Key, s => (string?)s.Value);
        foreach (var text in parsed.GetValue(Set) ?? [])
        {
            var split = text.IndexOf('=');
            overrides[text[..split].Replace("__", ":")] = text[(split + 1)..];
        }

        if (parsed.GetValue(Device) is { } device)
        {
            overrides["defaultDevice"] = device;
        }

        if (parsed.GetValue(Debug) is { } debug)
        {
            overrides["debug"] = debug.ToString();
        }

        if (hasGenerator && parsed.GetValue(Generator) is { } generator)
        {
            // Only manifests are read, and they say whose setting it is.
            using var runtime = Build(parsed, overrides);
            var kind = runtime.Devices.Default.Split(':')[0];
            foreach (var plugin in runtime.Plugins.Plugins.Where(p => p.Devices.Contains(kind)))
            {
                overrides[$"plugins:{plugin.Id}:generator"] = generator;
            }
        }

        return overrides;
    }

    /// <summary>How the command line sets a runtime up, for those that are opened elsewhere.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="device">The device whose generator <c>--generator</c> names; null if that is for the caller to set.</param>
    public RuntimeOptions CreateOptions(ParseResult parsed, string? device) =>
        TenonConfiguration.Load(parsed.GetValue(Plugins), device is null ? Overrides(parsed, [], hasGenerator: false) : Overrides(parsed, [("defaultDevice", device)]));

    private TenonRuntime Build(ParseResult parsed, Dictionary<string, string?> overrides) =>
        new TenonRuntimeBuilder(TenonConfiguration.Load(parsed.GetValue(Plugins), overrides)).Build();
}
