using Tenon.Plugins.Cl.Native;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl;

/// <summary>The devices that are offered, in an order that stays: graphics processors, accelerators, processors; by platform within each.</summary>
internal static class ClDeviceList
{
    /// <summary>Asks all platforms. Why something is not offered is told to <paramref name="note"/>.</summary>
    public static IReadOnlyList<ClDeviceInfo> Find(ClLibrary library, ClSettings settings, Action<string> note)
    {
        var platforms = library.GetPlatforms().Select(p => (Handle: p, Name: library.GetPlatformText(p, CL_PLATFORM_NAME))).ToList();
        if (platforms.Count == 0)
        {
            note($"TEN4301: {library.Path} knows no platform: no OpenCL driver is installed. Install the driver of your graphics processor, or PoCL, which runs on any processor (Debian and Ubuntu: apt-get install pocl-opencl-icd). On Linux a driver is listed by a file in /etc/OpenCL/vendors.");
            return [];
        }

        var wanted = platforms.Where(p => settings.Platform is null || p.Name.Contains(settings.Platform, StringComparison.OrdinalIgnoreCase)).ToList();
        if (wanted.Count == 0)
        {
            note($"TEN4301: The setting 'platform' is '{settings.Platform}', which is in the name of no platform. There are: {string.Join(", ", platforms.Select(p => $"'{p.Name}'"))}.");
            return [];
        }

        var all = wanted.SelectMany(p => library.GetDevices(p.Handle, CL_DEVICE_TYPE_ALL).Select(d => ClDeviceInfo.Read(library, d, p.Name))).ToList();
        var allowed = all.Where(d => (d.Type & settings.Type) != 0 && (settings.Allowed.Count == 0 || settings.Allowed.Any(a => d.Name.Contains(a, StringComparison.OrdinalIgnoreCase)))).ToList();
        foreach (var objection in allowed.Select(d => d.Objection).OfType<string>())
        {
            note(objection);
        }

        if (allowed.Count == 0)
        {
            note(all.Count == 0
                ? $"TEN4302: No platform ({string.Join(", ", wanted.Select(p => $"'{p.Name}'"))}) has a device. Check that it is switched on, and that you may use it (on Linux: membership of the groups video and render)."
                : $"TEN4302: The settings 'type' and 'allow' leave no device. There are: {string.Join(", ", all.Select(d => $"'{d.Name}'"))}.");
        }

        return [.. allowed.Where(d => d.Objection is null).OrderBy(d => (d.Type & CL_DEVICE_TYPE_GPU) != 0 ? 0 : (d.Type & CL_DEVICE_TYPE_ACCELERATOR) != 0 ? 1 : 2)];
    }
}
