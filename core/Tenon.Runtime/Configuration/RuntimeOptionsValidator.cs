using Microsoft.Extensions.Options;

namespace Tenon.Runtime;

/// <summary>Says what is wrong with options as a whole, before anything is loaded.</summary>
internal sealed class RuntimeOptionsValidator : IValidateOptions<RuntimeOptions>
{
    public ValidateOptionsResult Validate(string? name, RuntimeOptions options)
    {
        var wrong = FindErrors(options).ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    /// <exception cref="TenonException">The options are wrong; the message lists every reason.</exception>
    public static void Require(RuntimeOptions options)
    {
        var wrong = FindErrors(options).ToList();
        if (wrong.Count > 0)
        {
            throw new TenonException("TEN2104", $"{options.Origin} can't be used: {string.Join(" ", wrong)}");
        }
    }

    private static IEnumerable<string> FindErrors(RuntimeOptions options)
    {
        if (options.Debug is < 0 or > 5)
        {
            yield return $"'debug' is {options.Debug}; it must be 0 to 5.";
        }

        if (options.MaxCachedBytes < 0)
        {
            yield return $"'maxCachedBytes' is {options.MaxCachedBytes}; it can't be negative.";
        }

        if (options.Cache.MaxBytes < 0)
        {
            yield return $"'cache:maxBytes' is {options.Cache.MaxBytes}; it can't be negative.";
        }

        if (options.Tuning.SearchSeconds < 1)
        {
            yield return $"'tuning:seconds' is {options.Tuning.SearchSeconds}; it must be at least 1.";
        }

        if (options.MaxSchedules < 1)
        {
            yield return $"'maxSchedules' is {options.MaxSchedules}; it must be at least 1.";
        }

        if (options.DefaultDevice is { } device && !DeviceName.TryParse(device, out _))
        {
            yield return $"'defaultDevice' is '{device}'; a device is named like CPU or CPU:1.";
        }

        if (options.FileDevice is { } files && !DeviceName.TryParse(files, out _))
        {
            yield return $"'fileDevice' is '{files}'; a device is named like DISK.";
        }

        for (var i = 0; i < options.Plugins.Count; i++)
        {
            var p = options.Plugins[i];
            if (p.Id.Length == 0 || p.Path.Length == 0)
            {
                yield return $"Entry {i} of 'plugins' ('{p.Id}') needs an 'id' and a 'path'.";
            }

            if (p.Sha256 is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit)))
            {
                yield return $"'sha256' of plugin '{p.Id}' must be 64 hex digits.";
            }
        }

        foreach (var twice in options.Plugins.GroupBy(p => p.Id, StringComparer.OrdinalIgnoreCase).Where(g => g.Key.Length > 0 && g.Count() > 1))
        {
            yield return $"Plugin '{twice.Key}' is listed {twice.Count()} times; list it once.";
        }
    }
}
