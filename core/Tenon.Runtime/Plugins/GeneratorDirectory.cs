using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// The code generators of the devices of all other plugins by qualified name, such as <c>CPU/CLR</c>. Looking one up opens
/// its device; looking at all opens all devices.
/// </summary>
internal sealed class GeneratorDirectory(InstalledPlugin owner, DeviceRegistry devices) : IReadOnlyDictionary<string, Func<CodeGenerator>>
{
    public IEnumerable<string> Keys => this.Select(p => p.Key);

    public IEnumerable<Func<CodeGenerator>> Values => this.Select(p => p.Value);

    public int Count => Keys.Count();

    public Func<CodeGenerator> this[string key] => () => Find(key);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Func<CodeGenerator> value)
    {
        try
        {
            var generator = Find(key);
            value = () => generator;
            return true;
        }
        catch (TenonException e)
        {
            owner.Note($"Code generator {key} is not available: {e.Message}");
            value = null;
            return false;
        }
    }

    public IEnumerator<KeyValuePair<string, Func<CodeGenerator>>> GetEnumerator()
    {
        foreach (var name in devices.NamesExcept(owner))
        {
            foreach (var generator in OpenGenerators(name))
            {
                yield return new($"{name}/{generator.Name}", () => generator);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IReadOnlyList<CodeGenerator> OpenGenerators(string name)
    {
        try
        {
            return devices.Open(name).Device.CodeGenerators;
        }
        catch (TenonException e)
        {
            owner.Note($"The code generators of {name} are not available: {e.Message}");
            return [];
        }
    }

    private CodeGenerator Find(string key)
    {
        var slash = key.IndexOf('/');
        if (slash < 0 || !DeviceName.TryParse(key[..slash], out var device))
        {
            throw new TenonException("TEN2203", $"'{key}' does not name a code generator. Write device and generator: CPU/CLR.");
        }

        var all = devices.Open(device.ToString()).Device.CodeGenerators;
        return all.FirstOrDefault(g => g.Name.Equals(key[(slash + 1)..], StringComparison.OrdinalIgnoreCase))
            ?? throw new TenonException("TEN2203", $"Device {device} has no code generator '{key[(slash + 1)..]}'. It has: {string.Join(", ", all.Select(g => g.Name))}.");
    }
}
