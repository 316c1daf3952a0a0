using System.Reflection;
using System.Reflection.Metadata;

namespace Tenon.Runtime;

/// <summary>
/// Compares what an assembly's metadata asks of the contract with what this host's contract has, so that a misfit is one
/// message at the start instead of a <see cref="MissingMethodException"/> in the middle of a run.
/// </summary>
internal static class LinkCheck
{
    /// <summary>Everything that does not fit, for people.</summary>
    public static IReadOnlyList<string> FindMissing(MetadataReader metadata)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        if (!RefersToContract(metadata))
        {
            return [];
        }

        var contract = ContractIndex.Instance.Value;
        FindMissingTypes(metadata, contract, missing);
        FindMissingMembers(metadata, contract, missing);
        FindUnimplemented(metadata, contract, missing);
        return [.. missing];
    }

    private static bool RefersToContract(MetadataReader metadata)
    {
        foreach (var r in metadata.AssemblyReferences)
        {
            if (metadata.StringComparer.Equals(metadata.GetAssemblyReference(r).Name, ContractIndex.AssemblyName))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name of a type, without type arguments; null for none.</summary>
    public static string? NameOf(MetadataReader metadata, EntityHandle type) => type switch
    {
        { IsNil: true } => null,
        { Kind: HandleKind.TypeReference } => SignatureNames.Instance.GetTypeFromReference(metadata, (TypeReferenceHandle)type, 0),
        { Kind: HandleKind.TypeDefinition } => SignatureNames.Instance.GetTypeFromDefinition(metadata, (TypeDefinitionHandle)type, 0),
        { Kind: HandleKind.TypeSpecification } => SignatureNames.Instance.GetTypeFromSpecification(metadata, null, (TypeSpecificationHandle)type, 0).Split('<')[0],
        _ => null,
    };

    private static void FindMissingTypes(MetadataReader metadata, ContractIndex contract, SortedSet<string> missing)
    {
        foreach (var handle in metadata.TypeReferences)
        {
            var name = NameOf(metadata, handle)!;
            if (name.StartsWith(SignatureNames.Mark, StringComparison.Ordinal) && contract.Find(name) is null)
            {
                missing.Add($"the contract has no {Readable(name)}");
            }
        }
    }

    private static void FindMissingMembers(MetadataReader metadata, ContractIndex contract, SortedSet<string> missing)
    {
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            var owner = NameOf(metadata, member.Parent);
            if (owner is null || !owner.StartsWith(SignatureNames.Mark, StringComparison.Ordinal) || contract.Find(owner) is null)
            {
                continue;
            }

            var name = metadata.GetString(member.Name);
            var signature = member.GetKind() == MemberReferenceKind.Method
                ? SignatureNames.Method(name, member.DecodeMethodSignature(SignatureNames.Instance, null))
                : $"{name} : {member.DecodeFieldSignature(SignatureNames.Instance, null)}";
            if (!Has(contract, owner, signature, inherited: name != ".ctor"))
            {
                missing.Add($"the contract has no {Readable(owner)}.{Readable(signature)}");
            }
        }
    }

    private static bool Has(ContractIndex contract, string owner, string signature, bool inherited)
    {
        for (var name = owner; name is not null;)
        {
            if (contract.Find(name) is not { } type)
            {
                // What a base outside the contract offers, such as that of an exception, is .NET's to keep.
                return name is not "System.Object" and not "System.ValueType" and not "System.Enum";
            }

            if (type.Members.Contains(signature))
            {
                return true;
            }

            name = inherited ? type.Base : null;
        }

        return false;
    }

    private static void FindUnimplemented(MetadataReader metadata, ContractIndex contract, SortedSet<string> missing)
    {
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            if (type.Attributes.HasFlag(TypeAttributes.Abstract) || type.Attributes.HasFlag(TypeAttributes.Interface))
            {
                continue;
            }

            var implemented = new HashSet<string>();
            EntityHandle at = handle;
            while (at is { IsNil: false, Kind: HandleKind.TypeDefinition })
            {
                var t = metadata.GetTypeDefinition((TypeDefinitionHandle)at);
                foreach (var method in t.GetMethods())
                {
                    var m = metadata.GetMethodDefinition(method);
                    if ((m.Attributes & MethodAttributes.Virtual) != 0)
                    {
                        implemented.Add(WithoutReturn(SignatureNames.Method(metadata.GetString(m.Name), m.DecodeSignature(SignatureNames.Instance, null))));
                    }
                }

                at = t.BaseType;
            }

            for (var name = NameOf(metadata, at); name is not null && contract.Find(name) is { } c; name = c.Base)
            {
                foreach (var m in c.AbstractMethods.Where(m => !implemented.Contains(WithoutReturn(m))))
                {
                    missing.Add($"{NameOf(metadata, handle)} does not implement {Readable(name)}.{Readable(m)}");
                }

                implemented.UnionWith(c.Overrides.Select(WithoutReturn));
            }
        }
    }

    // An override may return something more special.
    private static string WithoutReturn(string signature) => signature[..(signature.LastIndexOf(") : ", StringComparison.Ordinal) + 1)];

    private static string Readable(string name) => name.Replace(SignatureNames.Mark, "").Replace("`0", "");
}
