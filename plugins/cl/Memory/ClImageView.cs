using Tenon.Core.Backend;

namespace Tenon.Plugins.Cl.Memory;

/// <summary>What an image of a buffer shows.</summary>
/// <param name="TexelBytes">Bytes of a texel, which say what its elements are.</param>
/// <param name="Offset">The byte at which it begins.</param>
/// <param name="Size">Its size.</param>
internal readonly record struct ClImageView(int TexelBytes, long Offset, ImageSize Size);
