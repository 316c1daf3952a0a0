using System.Reflection.Metadata;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Reads <see cref="BackendPluginAttribute"/> from metadata.</summary>
internal static class EntryPointAttribute
{
    /// <summary>The full name of the entry point, or null if the assembly names none.</summary>
    public static string? Find(MetadataReader metadata)
    {
        if (!metadata.IsAssembly)
        {
            return null;
        }

        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind != HandleKind.MemberReference
                || metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is not { Kind: HandleKind.TypeReference } parent)
            {
                continue;
            }

            var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
            if (metadata.StringComparer.Equals(type.Name, nameof(BackendPluginAttribute)) && metadata.StringComparer.Equals(type.Namespace, "Tenon.Core.Backend"))
            {
                // A prolog of two bytes, then the type's name, qualified with its assembly if that is another one.
                var blob = metadata.GetBlobReader(attribute.Value);
                blob.ReadUInt16();
                return blob.ReadSerializedString()?.Split(',')[0].Trim();
            }
        }

        return null;
    }
}
