using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Finds out what can be known of a plugin's files without running them.</summary>
internal static class PluginFileCheck
{
    /// <exception cref="TenonException">The plugin can't work in this process.</exception>
    /// <returns>The name of the entry point, and remarks.</returns>
    public static (string EntryPoint, IReadOnlyList<string> Notes) Check(PluginManifest manifest, string folder, string? sha256)
    {
        var path = Path.Combine(folder, manifest.Assembly);
        if (!File.Exists(path))
        {
            throw new TenonException("TEN2002", $"Plugin {manifest.Id}: {path}, which its manifest names, does not exist. Reinstall the plugin.");
        }

        RequireContract(manifest);
        RequireHash(manifest.Id, path, sha256);
        string? entryPoint = null;
        var notes = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            if (Path.GetFileNameWithoutExtension(file) == ContractIndex.AssemblyName)
            {
                notes.Add($"TEN2005: {file} is a copy of the contract; it is ignored, because host and plugin share the host's. Leave it out of the plugin.");
                continue;
            }

            var isPlugin = Path.GetFileName(file) == manifest.Assembly;
            using var pe = new PEReader(new MemoryStream(File.ReadAllBytes(file)));
            if (!IsManaged(pe))
            {
                if (isPlugin)
                {
                    throw new TenonException("TEN2006", $"Plugin {manifest.Id}: {file} is {Describe(file)}, not a .NET assembly. Reinstall the plugin, or correct 'assembly' in its {PluginManifest.FileName}.");
                }

                continue;
            }

            var metadata = pe.GetMetadataReader();
            if (isPlugin)
            {
                RequireArchitecture(manifest.Id, file, pe);
                entryPoint = EntryPointAttribute.Find(metadata) ?? throw new TenonException(
                    "TEN2007", $"Plugin {manifest.Id}: {file} is not a plugin: it has no [assembly: BackendPlugin(typeof(...))]. Name the right file in 'assembly' of its {PluginManifest.FileName}, or add the attribute.");
            }

            RequireMembers(manifest, file, metadata);
        }

        // The manifest may differ from the file only in case, on a file system that does not mind.
        return (entryPoint ?? throw new TenonException("TEN2002", $"Plugin {manifest.Id}: {folder} holds no file whose name is exactly {manifest.Assembly}. Correct 'assembly' in its {PluginManifest.FileName}."), notes);
    }

    private static void RequireContract(PluginManifest manifest)
    {
        var (built, host) = (Version.Parse(manifest.Contract), Contract.Version);
        if (built.Major != host.Major)
        {
            throw new TenonException("TEN2001", $"Plugin {manifest.Id} {manifest.Version} is built for contract {built}; this host speaks {host.Major}.x ({host}). {(built.Major > host.Major ? "Update Tenon" : "Update the plugin")}, or install a version of the plugin for contract {host.Major}.x.");
        }
    }

    private static void RequireHash(string id, string path, string? expected)
    {
        if (expected is null)
        {
            return;
        }

        using var stream = File.OpenRead(path);
        var actual = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (!actual.Equals(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new TenonException("TEN2011", $"Plugin {id}: {path} has SHA-256 {actual}, but {TenonConfiguration.FileName} pins {expected.ToLowerInvariant()}; it was not loaded. Restore the file, or update 'sha256' if the change is yours.");
        }
    }

    private static bool IsManaged(PEReader pe)
    {
        try
        {
            return pe.HasMetadata;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }

    private static string Describe(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> head = stackalloc byte[4];
        var n = stream.ReadAtLeast(head, 4, throwOnEndOfStream: false);
        return n < 4 ? $"a file of {n} bytes"
            : head.SequenceEqual("\u007fELF"u8) ? "a native library (ELF)"
            : head is [0xCF or 0xCE, 0xFA, 0xED, 0xFE] ? "a native library (Mach-O)"
            : head is [(byte)'M', (byte)'Z', ..] ? "a native library or a damaged file (PE without .NET metadata)"
            : $"a file that begins with bytes {Convert.ToHexString(head)}";
    }

    private static void RequireArchitecture(string id, string file, PEReader pe)
    {
        // I386 with IL only means any processor. A machine that isn't listed is code compiled ahead for some system beside IL.
        Architecture? built = pe.PEHeaders.CoffHeader.Machine switch
        {
            Machine.Amd64 => Architecture.X64,
            Machine.Arm64 => Architecture.Arm64,
            Machine.ArmThumb2 => Architecture.Arm,
            Machine.I386 when pe.PEHeaders.CorHeader!.Flags.HasFlag(CorFlags.Requires32Bit) => Architecture.X86,
            _ => null,
        };
        if (built is { } b && b != RuntimeInformation.ProcessArchitecture)
        {
            throw new TenonException("TEN2012", $"Plugin {id}: {file} is built for {b}; this process is {RuntimeInformation.ProcessArchitecture}. Install the plugin for {RuntimeInformation.ProcessArchitecture} or for any processor.");
        }
    }

    private static void RequireMembers(PluginManifest manifest, string file, MetadataReader metadata)
    {
        var missing = LinkCheck.FindMissing(metadata);
        if (missing.Count > 0)
        {
            var more = missing.Count > 5 ? $" and {missing.Count - 5} more" : "";
            throw new TenonException("TEN2004", $"Plugin {manifest.Id} {manifest.Version} is built for contract {manifest.Contract}; this host has {Contract.Version}, and {Path.GetFileName(file)} does not fit it: {string.Join("; ", missing.Take(5))}{more}. Update Tenon or the plugin, so that both speak one contract.");
        }
    }
}
