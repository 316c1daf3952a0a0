using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

/// <summary>Writes small plugins to disk: good ones, and each kind of bad one.</summary>
internal sealed class PluginDll(string id)
{
    /// <summary>The kind of the one device that it lists.</summary>
    public string Device { get; init; } = "FAKE";

    /// <summary>What its display name says.</summary>
    public string DisplayName { get; init; } = "a device";

    public bool HasAttribute { get; init; } = true;

    public bool ConstructorThrows { get; init; }

    public bool EnumerateThrows { get; init; }

    public bool IsEntryPointWrong { get; init; }

    /// <summary>A name in the assembly that is spelt differently afterwards, as if the contract had changed.</summary>
    public (string From, string To)? Rename { get; init; }

    public string Contract { get; init; } = "1.0";

    /// <summary>The devices of the manifest; null for none said.</summary>
    public string[]? Declares { get; init; } = ["FAKE"];

    public string WriteTo(string root)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, id)).FullName;
        WriteManifest(folder);
        File.WriteAllBytes(Path.Combine(folder, "Plugin.dll"), Build());
        return folder;
    }

    public void WriteManifest(string folder)
    {
        var devices = Declares is null ? "null" : $"[{string.Join(",", Declares.Select(d => $"\"{d}\""))}]";
        File.WriteAllText(Path.Combine(folder, PluginManifest.FileName), $$"""
            { "id": "{{id}}", "name": "Test", "version": "3.2.1", "contract": "{{Contract}}", "assembly": "Plugin.dll", "devices": {{devices}} }
            """);
    }

    private byte[] Build()
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("Plugin"), typeof(object).Assembly);
        var module = assembly.DefineDynamicModule("Plugin");
        var entry = DefineEntryPoint(module);
        var buffer = DefineBuffer(module);
        if (HasAttribute)
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(typeof(BackendPluginAttribute).GetConstructors()[0], [IsEntryPointWrong ? buffer : entry]));
        }

        using var stream = new MemoryStream();
        assembly.Save(stream);
        var bytes = stream.ToArray();
        if (Rename is { } r)
        {
            var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(r.From + "\0"));
            Assert.That(at, Is.Positive);
            Encoding.ASCII.GetBytes(r.To).CopyTo(bytes, at);
        }

        return bytes;
    }

    private Type DefineEntryPoint(ModuleBuilder module)
    {
        var type = module.DefineType("TestPlugin", TypeAttributes.Public, typeof(object), [typeof(IBackendPlugin)]);
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator();
        if (ConstructorThrows)
        {
            Throw(constructor, "the driver is too old");
        }

        constructor.Emit(OpCodes.Ldarg_0);
        constructor.Emit(OpCodes.Call, typeof(object).GetConstructor([])!);
        constructor.Emit(OpCodes.Ret);

        var enumerate = Override(type, typeof(IBackendPlugin), nameof(IBackendPlugin.EnumerateDevices));
        if (EnumerateThrows)
        {
            Throw(enumerate, "the bus is on fire");
        }

        enumerate.Emit(OpCodes.Ldc_I4_1);
        enumerate.Emit(OpCodes.Newarr, typeof(DeviceDescription));
        enumerate.Emit(OpCodes.Dup);
        enumerate.Emit(OpCodes.Ldc_I4_0);
        enumerate.Emit(OpCodes.Newobj, typeof(DeviceDescription).GetConstructor([])!);
        Set(enumerate, nameof(DeviceDescription.Name), Device);
        Set(enumerate, nameof(DeviceDescription.DisplayName), DisplayName);
        enumerate.Emit(OpCodes.Stelem_Ref);
        enumerate.Emit(OpCodes.Ret);

        Throw(Override(type, typeof(IBackendPlugin), nameof(IBackendPlugin.Open)), "cannot open");
        return type.CreateType();
    }

    private static Type DefineBuffer(ModuleBuilder module)
    {
        var type = module.DefineType("TestBuffer", TypeAttributes.Public, typeof(DeviceBuffer));
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator();
        constructor.Emit(OpCodes.Ldarg_0);
        constructor.Emit(OpCodes.Ldc_I8, 8L);
        constructor.Emit(OpCodes.Call, typeof(DeviceBuffer).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(long)])!);
        constructor.Emit(OpCodes.Ret);
        Override(type, typeof(DeviceBuffer), "FreeCore").Emit(OpCodes.Ret);
        return type.CreateType();
    }

    private static ILGenerator Override(TypeBuilder type, Type declaring, string name)
    {
        var method = declaring.GetMethod(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!;
        var access = method.IsPublic ? MethodAttributes.Public : MethodAttributes.Family;
        return type.DefineMethod(name, access | MethodAttributes.Virtual | MethodAttributes.HideBySig, method.ReturnType, [.. method.GetParameters().Select(p => p.ParameterType)]).GetILGenerator();
    }

    private static void Set(ILGenerator il, string property, string value)
    {
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Ldstr, value);
        il.Emit(OpCodes.Callvirt, typeof(DeviceDescription).GetProperty(property)!.SetMethod!);
    }

    private static void Throw(ILGenerator il, string message)
    {
        il.Emit(OpCodes.Ldstr, message);
        il.Emit(OpCodes.Newobj, typeof(InvalidOperationException).GetConstructor([typeof(string)])!);
        il.Emit(OpCodes.Throw);
    }
}
