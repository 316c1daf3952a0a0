namespace Tenon.Core.Backend;

/// <summary>The version of the backend contract: everything public in this assembly. It has its own semantic version.</summary>
public static class Contract
{
    /// <summary>
    /// Major: a plugin built for another major doesn't load. Minor: only additions; a plugin may need a newer minor than
    /// the host has only if the members that it refers to exist.
    /// </summary>
    public static Version Version { get; } = new(1, 3);
}

/// <summary>Names the entry point of a plugin assembly.</summary>
/// <param name="entryPoint">A class with a public parameterless constructor that implements <see cref="IBackendPlugin"/>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class BackendPluginAttribute(Type entryPoint) : Attribute
{
    /// <summary>The class that implements <see cref="IBackendPlugin"/>.</summary>
    public Type EntryPoint { get; } = entryPoint;
}

/// <summary>The entry point of a plugin. The host creates one per process.</summary>
public interface IBackendPlugin
{
    /// <summary>
    /// Lists the devices that this machine has, without opening any. None is a legal answer; say why in
    /// <see cref="BackendHost.Note"/>.
    /// </summary>
    IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host);

    /// <summary>Opens a device that <see cref="EnumerateDevices"/> listed.</summary>
    Device Open(DeviceDescription device, BackendHost host);
}

/// <summary>
/// An entry point whose devices take a target, such as an architecture to compile for: what follows a device's name after a colon, where
/// that isn't a number. The host opens one device for each.
/// </summary>
public interface ITargetedPlugin : IBackendPlugin
{
    /// <summary>Opens a device that <see cref="IBackendPlugin.EnumerateDevices"/> listed, for a target.</summary>
    /// <param name="device">The first device of its kind.</param>
    /// <param name="target">As the user wrote it: letters, digits, and <c>_ - . :</c> between them.</param>
    /// <param name="host">What the host offers.</param>
    /// <exception cref="BackendException">There is no such target; the message lists those that there are.</exception>
    Device Open(DeviceDescription device, string target, BackendHost host);
}

/// <summary>What the host offers to a plugin.</summary>
public abstract class BackendHost
{
    /// <summary>The contract version of the host.</summary>
    public Version ContractVersion => Contract.Version;

    /// <summary>The plugin's settings in <c>plugins.json</c>: keys as written there, nested keys joined by <c>:</c>; never null.</summary>
    public abstract IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>A folder that the plugin may write to, or null if caching is off. It may be emptied at any time.</summary>
    public abstract string? CacheFolder { get; }

    /// <summary>Tells the user something that is not an error, such as why a device or generator is not offered.</summary>
    public abstract void Note(string message);

    /// <summary>
    /// The code generators of all loaded plugins by qualified name (<c>CPU/CLR</c>), opened on demand, so that a device that
    /// runs nothing can render for another. Empty when there are none.
    /// </summary>
    public abstract IReadOnlyDictionary<string, Func<CodeGenerator>> CodeGenerators { get; }
}

/// <summary>A device that a plugin can open.</summary>
public sealed class DeviceDescription
{
    /// <summary>The kind, in capitals: <c>CPU</c>. The host adds the ordinal: <c>CPU:1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>0 for the first of its kind.</summary>
    public int Ordinal { get; init; }

    /// <summary>What a person calls it, such as the model of the processor.</summary>
    public string DisplayName { get; init; } = "";
}

/// <summary>An error of a backend. The host adds plugin and device to it.</summary>
/// <param name="code">The stable code.</param>
/// <param name="message">What was given, what was expected, what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class BackendException(string code, string message, Exception? inner = null) : TenonException(code, message, inner);
