using Microsoft.Extensions.Configuration;

namespace Tenon.Runtime;

/// <summary>Fills <see cref="RuntimeOptions"/> from a configuration in the form of <c>plugins.json</c>.</summary>
internal static class RuntimeOptionsBinder
{
    private static readonly string[] PluginKeys = ["id", "path", "enabled", "sha256", "mask", "settings"];
    private static readonly string[] TuningKeys = ["enabled", "folder", "files", "search", "seconds"];
    private static readonly string[] RootKeys = ["$schema", "defaultDevice", "fileDevice", "debug", "optimise", "fastMath", "checkIndices", "cache", "tuning", "plugins", "devices", "maxCachedBytes", "maxSchedules"];

    public static void Bind(IConfiguration configuration, RuntimeOptions options)
    {
        options.DefaultDevice = configuration["defaultDevice"] is { Length: > 0 } device ? device : options.DefaultDevice;
        options.FileDevice = configuration["fileDevice"] is { Length: > 0 } files ? files : options.FileDevice;
        options.Debug = Read(configuration, "debug", options.Debug);
        options.FastMath = Read(configuration, "fastMath", options.FastMath);
        options.CheckIndices = Read(configuration, "checkIndices", options.CheckIndices);
        options.Optimise = Read(configuration, "optimise", options.Optimise);
        options.MaxCachedBytes = Read(configuration, "maxCachedBytes", options.MaxCachedBytes);
        options.MaxSchedules = Read(configuration, "maxSchedules", options.MaxSchedules);
        options.Cache.Enabled = Read(configuration, "cache:enabled", options.Cache.Enabled);
        options.Cache.MaxBytes = Read(configuration, "cache:maxBytes", options.Cache.MaxBytes);
        options.Cache.Folder = configuration["cache:folder"] is { Length: > 0 } folder ? folder : options.Cache.Folder;
        BindTuning(configuration.GetSection("tuning"), options.Tuning);
        foreach (var d in configuration.GetSection("devices").GetChildren())
        {
            options.Devices[d.Key] = d.Value ?? "";
        }

        var sections = configuration.GetSection("plugins").GetChildren().ToList();
        foreach (var s in sections.Where(s => int.TryParse(s.Key, out _)))
        {
            options.Plugins.Add(BindPlugin(s));
        }

        foreach (var s in sections.Where(s => !int.TryParse(s.Key, out _)))
        {
            Override(options, s);
        }
    }

    private static void BindTuning(IConfigurationSection section, TuningSettings tuning)
    {
        if (section.GetChildren().FirstOrDefault(c => !TuningKeys.Contains(c.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new TenonException("TEN2104", $"'{unknown.Path}' is not a setting. Known: {string.Join(", ", TuningKeys.Select(k => "tuning:" + k))}.");
        }

        tuning.Enabled = Read(section, "enabled", tuning.Enabled);
        tuning.Folder = section["folder"] is { Length: > 0 } folder ? folder : tuning.Folder;
        tuning.SearchSeconds = Read(section, "seconds", tuning.SearchSeconds);
        tuning.Search = section["search"] switch
        {
            null or "" => tuning.Search,
            "off" => TuningSearch.Off,
            "on-miss" => TuningSearch.OnMiss,
            var other => throw new TenonException("TEN2104", $"'{other}' at 'tuning:search' is neither off nor on-miss."),
        };
        foreach (var file in section.GetSection("files").GetChildren().Select(f => f.Value ?? ""))
        {
            tuning.Files.Add(file);
        }
    }

    /// <summary>Refuses keys that nothing reads: mostly misspelled ones.</summary>
    public static void RequireKnownKeys(IConfiguration configuration)
    {
        var unknown = configuration.GetChildren().FirstOrDefault(c => !RootKeys.Contains(c.Key, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null)
        {
            throw new TenonException("TEN2104", $"'{unknown.Key}' is not a setting of the runtime. Known: {string.Join(", ", RootKeys.Skip(1))}.");
        }
    }

    private static PluginOptions BindPlugin(IConfigurationSection section)
    {
        var plugin = new PluginOptions();
        foreach (var c in section.GetChildren())
        {
            if (!TrySet(plugin, c))
            {
                throw new TenonException("TEN2104", $"'{c.Key}' at {section.Path} ({section["id"]}) is not a setting of a plugin entry. Known: {string.Join(", ", PluginKeys)}; what the plugin itself reads goes into 'settings'.");
            }
        }

        return plugin;
    }

    // plugins:<id>:<key>, from the environment or the command line. Shells refuse dots in names, so tenon_cpu is tenon.cpu.
    private static void Override(RuntimeOptions options, IConfigurationSection section)
    {
        var plugin = options.Plugins.FirstOrDefault(p => EnvironmentName(p.Id).Equals(EnvironmentName(section.Key), StringComparison.OrdinalIgnoreCase))
            ?? throw new TenonException("TEN2104", $"'{section.Path}' overrides plugin '{section.Key}', which is not listed. Listed: {(options.Plugins.Count == 0 ? "none" : string.Join(", ", options.Plugins.Select(p => p.Id)))}.");
        foreach (var c in section.GetChildren())
        {
            if (c.Key.Equals("settings", StringComparison.OrdinalIgnoreCase))
            {
                // One spelling only: with two, the weaker source could win.
                throw new TenonException("TEN2104", $"Write '{section.Path}:{c.GetChildren().FirstOrDefault()?.Key}' instead of '{c.Path}:…' to override a plugin's setting.");
            }

            if (!TrySet(plugin, c))
            {
                SetSettings(plugin, c, c.Key);
            }
        }
    }

    private static bool TrySet(PluginOptions plugin, IConfigurationSection c)
    {
        switch (c.Key.ToLowerInvariant())
        {
            case "id":
                plugin.Id = c.Value ?? "";
                return true;
            case "path":
                plugin.Path = c.Value ?? "";
                return true;
            case "enabled":
                plugin.Enabled = Read(c, "", true);
                return true;
            case "sha256":
                plugin.Sha256 = c.Value is { Length: > 0 } hash ? hash : null;
                return true;
            case "mask":
                var words = c.GetChildren().Select(w => w.Value ?? "").ToList();
                plugin.Mask = words.Count > 0 ? words : [.. (c.Value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
                return true;
            case "settings":
                foreach (var s in c.GetChildren())
                {
                    SetSettings(plugin, s, s.Key);
                }

                return true;
            default:
                return false;
        }
    }

    private static void SetSettings(PluginOptions plugin, IConfigurationSection section, string name)
    {
        if (section.Value is { } value)
        {
            plugin.Settings[name] = value;
        }

        foreach (var c in section.GetChildren())
        {
            SetSettings(plugin, c, $"{name}:{c.Key}");
        }
    }

    private static T Read<T>(IConfiguration configuration, string key, T fallback) where T : IParsable<T>
    {
        var section = key.Length == 0 ? (IConfigurationSection)configuration : configuration.GetSection(key);
        return section.Value is not { Length: > 0 } text ? fallback
            : T.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) ? value
            : throw new TenonException("TEN2104", $"'{text}' at '{section.Path}' is not {(typeof(T) == typeof(bool) ? "true or false" : "a whole number")}.");
    }

    private static string EnvironmentName(string id) => id.Replace('.', '_').Replace('-', '_');
}
