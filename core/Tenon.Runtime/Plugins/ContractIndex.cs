using System.Reflection;
using System.Reflection.Metadata;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>What the host's contract assembly offers to plugins: its visible types and members, read when first asked for.</summary>
internal sealed class ContractIndex
{
    private readonly MetadataReader _metadata;
    private readonly Dictionary<string, TypeDefinitionHandle> _handles = [];
    private readonly Dictionary<string, ContractType> _types = [];

    private ContractIndex()
    {
        var assembly = typeof(Contract).Assembly;
        unsafe
        {
            if (!assembly.TryGetRawMetadata(out var blob, out var length))
            {
                throw new InvalidOperationException($"{AssemblyName} has no metadata in this process; plugins must be added in process.");
            }

            _metadata = new MetadataReader(blob, length);
        }

        foreach (var handle in _metadata.TypeDefinitions)
        {
            if (IsVisible(_metadata.GetTypeDefinition(handle).Attributes))
            {
                _handles.Add(SignatureNames.Instance.GetTypeFromDefinition(_metadata, handle, 0), handle);
            }
        }
    }

    /// <summary>The simple name of the one assembly that host and plugins share.</summary>
    public static string AssemblyName { get; } = typeof(Contract).Assembly.GetName().Name!;

    public static Lazy<ContractIndex> Instance { get; } = new(() => new ContractIndex());

    /// <summary>The visible type of this marked name, or null.</summary>
    public ContractType? Find(string name)
    {
        lock (_types)
        {
            return _types.TryGetValue(name, out var known) ? known
                : _handles.TryGetValue(name, out var handle) ? _types[name] = Read(handle)
                : null;
        }
    }

    private static bool IsVisible(TypeAttributes attributes) =>
        (attributes & TypeAttributes.VisibilityMask) is TypeAttributes.Public or TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem;

    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private static bool IsVisible(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private ContractType Read(TypeDefinitionHandle handle)
    {
        var definition = _metadata.GetTypeDefinition(handle);
        var (members, abstractMethods, overrides) = (new HashSet<string>(), new List<string>(), new List<string>());
        foreach (var method in definition.GetMethods())
        {
            var m = _metadata.GetMethodDefinition(method);
            if (!IsVisible(m.Attributes))
            {
                continue;
            }

            var signature = SignatureNames.Method(_metadata.GetString(m.Name), m.DecodeSignature(SignatureNames.Instance, null));
            members.Add(signature);
            if (m.Attributes.HasFlag(MethodAttributes.Abstract))
            {
                abstractMethods.Add(signature);
            }
            else if (m.Attributes.HasFlag(MethodAttributes.Virtual))
            {
                overrides.Add(signature);
            }
        }

        foreach (var field in definition.GetFields())
        {
            var f = _metadata.GetFieldDefinition(field);
            if (IsVisible(f.Attributes))
            {
                members.Add($"{_metadata.GetString(f.Name)} : {f.DecodeSignature(SignatureNames.Instance, null)}");
            }
        }

        return new ContractType(LinkCheck.NameOf(_metadata, definition.BaseType), members, abstractMethods, overrides);
    }
}

/// <summary>One type of the contract. Members are written as <see cref="SignatureNames"/> writes them.</summary>
internal sealed record ContractType(string? Base, HashSet<string> Members, List<string> AbstractMethods, List<string> Overrides);
