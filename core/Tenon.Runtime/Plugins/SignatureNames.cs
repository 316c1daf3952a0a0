using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Tenon.Runtime;

/// <summary>
/// Writes types in signatures as text that is equal for equal types in host and plugin: those of the contract carry
/// <see cref="Mark"/>, all others are known by their full name.
/// </summary>
internal sealed class SignatureNames : ISignatureTypeProvider<string, object?>
{
    public const string Mark = "@";

    public static SignatureNames Instance { get; } = new();

    public static string Method(string name, MethodSignature<string> s) => $"{name}`{s.GenericParameterCount}({string.Join(", ", s.ParameterTypes)}) : {s.ReturnType}";

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        var t = reader.GetTypeDefinition(handle);
        var name = reader.GetString(t.Name);
        if (t.GetDeclaringType() is { IsNil: false } outer)
        {
            return $"{GetTypeFromDefinition(reader, outer, 0)}+{name}";
        }

        var own = reader.GetString(reader.GetAssemblyDefinition().Name) == ContractIndex.AssemblyName ? Mark : "";
        return own + Join(reader.GetString(t.Namespace), name);
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var t = reader.GetTypeReference(handle);
        var name = reader.GetString(t.Name);
        if (t.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            return $"{GetTypeFromReference(reader, (TypeReferenceHandle)t.ResolutionScope, 0)}+{name}";
        }

        var contract = t.ResolutionScope.Kind == HandleKind.AssemblyReference
            && reader.StringComparer.Equals(reader.GetAssemblyReference((AssemblyReferenceHandle)t.ResolutionScope).Name, ContractIndex.AssemblyName);
        return (contract ? Mark : "") + Join(reader.GetString(t.Namespace), name);
    }

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(", ", typeArguments)}>";

    public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

    public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

    public string GetSZArrayType(string elementType) => $"{elementType}[]";

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

    public string GetByReferenceType(string elementType) => $"{elementType}&";

    public string GetPointerType(string elementType) => $"{elementType}*";

    public string GetPinnedType(string elementType) => elementType;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => isRequired ? $"{unmodifiedType} modreq({modifier})" : unmodifiedType;

    public string GetFunctionPointerType(MethodSignature<string> signature) => Method("delegate*", signature);

    private static string Join(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";
}
