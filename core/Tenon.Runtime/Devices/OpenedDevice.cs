using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>A device that is open, by its canonical name.</summary>
public sealed class OpenedDevice
{
    // Looking at the others may take a while.
    private CodeGenerator? _generator;

    internal OpenedDevice(string name, string displayName, string pluginId, Device device, long maxCachedBytes)
    {
        Name = name;
        DisplayName = displayName;
        PluginId = pluginId;
        Device = device;
        Memory = new CachingAllocator(name, device, maxCachedBytes);
    }

    /// <summary>The canonical name, such as <c>CPU</c> or <c>CPU:1</c>.</summary>
    public string Name { get; }

    /// <summary>What a person calls it.</summary>
    public string DisplayName { get; }

    /// <summary>The plugin that it came with.</summary>
    public string PluginId { get; }

    /// <summary>The device itself.</summary>
    public Device Device { get; }

    /// <summary>What it has.</summary>
    public Capabilities Capabilities => Device.Capabilities;

    /// <summary>The code generator that is used: the first that the device offers.</summary>
    /// <exception cref="TenonException">It offers none.</exception>
    public CodeGenerator Generator => FirstGenerator
        ?? throw new TenonException("TEN5007", $"Device {Name} (plugin {PluginId}) offers no code generator, so nothing can be computed on it. Move the tensors to another device with To(...); 'tenon devices' shows what each offers.");

    internal CodeGenerator? FirstGenerator => _generator ??= Device.CodeGenerators.FirstOrDefault();

    internal CachingAllocator Memory { get; }

    /// <exception cref="TenonException">Tensors of this dtype can't live on the device.</exception>
    internal void RequireStorage(DType dtype)
    {
        if (Has(dtype))
        {
            return;
        }

        var alternatives = DType.All.Where(d => Has(d) && d.Kind == dtype.Kind).ToList();
        var use = alternatives.Count > 0 ? $"Cast to {string.Join(" or ", alternatives)}" : $"Cast to a dtype that it has ({string.Join(", ", DType.All.Where(Has))})";
        throw new TenonException("TEN5004", $"Device {Name} can't store {dtype}. {use}, or use another device.");
    }

    private bool Has(DType dtype) => Capabilities.DTypes.TryGetValue(dtype.Stored, out var support) && support.HasFlag(DTypeSupport.Storage);
}
