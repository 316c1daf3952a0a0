using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Tenon.Plugins.Cpu.Llvm;

/// <summary>
/// An object file (64-bit ELF, x64 or arm64) as it lies in memory: the sections that are loaded, one after another, with their
/// relocations applied. It may refer to nothing outside of itself.
/// </summary>
internal sealed class ElfImage
{
    private const int HeaderBytes = 64;
    private const int SectionBytes = 64;
    private const int SymbolBytes = 24;
    private const int RelocationBytes = 24;
    private const uint SymbolTable = 2;
    private const uint Relocations = 4;
    private const uint NoBits = 8;
    private const ulong Loaded = 2;

    private readonly byte[] _file;
    private readonly Section[] _sections;

    // Where each section begins in the image; -1 for those that are not loaded.
    private readonly long[] _offsets;

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    public ElfImage(ReadOnlySpan<byte> file)
    {
        _file = file.ToArray();
        if (file.Length < HeaderBytes || !file.StartsWith("\x7f"u8 + "ELF"u8 + "\x02\x01"u8))
        {
            throw new InvalidDataException("it is not a 64-bit ELF object");
        }

        _sections = new Section[UInt16(0x3c)];
        _offsets = new long[_sections.Length];
        for (var i = 0; i < _sections.Length; i++)
        {
            _sections[i] = ReadSection(Int64(0x28) + (long)i * SectionBytes);
            _offsets[i] = -1;
            if ((_sections[i].Flags & Loaded) != 0)
            {
                var alignment = Math.Max(1, _sections[i].Alignment);
                Size = (Size + alignment - 1) / alignment * alignment;
                _offsets[i] = Size;
                Size += _sections[i].Size;
            }
        }
    }

    /// <summary>Bytes of the image.</summary>
    public long Size { get; }

    /// <summary>Where a function begins in the image.</summary>
    /// <exception cref="InvalidDataException">There is none of that name.</exception>
    public long Find(string name)
    {
        foreach (var table in _sections)
        {
            for (var i = 0; table.Type == SymbolTable && i < table.Size / SymbolBytes; i++)
            {
                var at = table.Offset + i * SymbolBytes;
                if (UInt16(at + 6) is not 0 and var section && section < _sections.Length && NameOf(table, at) == name)
                {
                    return _offsets[section] + Int64(at + 8);
                }
            }
        }

        throw new InvalidDataException($"it has no function {name}");
    }

    /// <summary>The image for an address.</summary>
    /// <exception cref="InvalidDataException">It refers to what is not in it, or in a way that isn't known.</exception>
    public byte[] At(nint address)
    {
        var image = new byte[Size];
        for (var i = 0; i < _sections.Length; i++)
        {
            if (_offsets[i] >= 0 && _sections[i].Type != NoBits)
            {
                Slice(_sections[i].Offset, _sections[i].Size).CopyTo(image.AsSpan((int)_offsets[i]));
            }
        }

        foreach (var section in _sections)
        {
            if (section.Type == Relocations && _offsets[section.Info] >= 0)
            {
                for (var at = section.Offset; at < section.Offset + section.Size; at += RelocationBytes)
                {
                    var place = _offsets[section.Info] + Int64(at);
                    var target = address + AddressOf(_sections[section.Link], Int64(at + 8) >>> 32) + Int64(at + 16);
                    Relocate(image.AsSpan((int)place), (uint)Int64(at + 8), target, address + place);
                }
            }
        }

        return image;
    }

    private long AddressOf(Section symbols, long number)
    {
        var at = symbols.Offset + number * SymbolBytes;
        var section = UInt16(at + 6);
        return section > 0 && section < _sections.Length && _offsets[section] >= 0
            ? _offsets[section] + Int64(at + 8)
            : throw new InvalidDataException($"it needs {NameOf(symbols, at)}, which it doesn't have");
    }

    private static void Relocate(Span<byte> place, uint kind, long target, long from)
    {
        var isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        switch (isArm, kind)
        {
            case (false, 1) or (true, 257): // 64 bits, absolute
                BinaryPrimitives.WriteInt64LittleEndian(place, target);
                break;
            case (false, 24) or (true, 260): // 64 bits, relative
                BinaryPrimitives.WriteInt64LittleEndian(place, target - from);
                break;
            case (false, 2 or 4) or (true, 261): // 32 bits, relative; of a call
                BinaryPrimitives.WriteInt32LittleEndian(place, checked((int)(target - from)));
                break;
            case (true, 275): // ADRP: the page
                var pages = (target >> 12) - (from >> 12);
                Patch(place, 0x60ffffe0, ((pages & 3) << 29) | ((pages >> 2 & 0x7ffff) << 5));
                break;
            case (true, 277 or 278 or 284 or 285 or 286 or 299): // ADD and loads: the offset in the page, in units of the access
                var shift = kind switch { 284 => 1, 285 => 2, 286 => 3, 299 => 4, _ => 0 };
                Patch(place, 0x003ffc00, ((target & 0xfff) >> shift) << 10);
                break;
            case (true, 282 or 283): // B and BL
                Patch(place, 0x03ffffff, (target - from) >> 2 & 0x03ffffff);
                break;
            default:
                throw new InvalidDataException($"its relocation {kind} is not known");
        }
    }

    private static void Patch(Span<byte> place, uint mask, long bits) =>
        BinaryPrimitives.WriteUInt32LittleEndian(place, (BinaryPrimitives.ReadUInt32LittleEndian(place) & ~mask) | (uint)bits);

    private string NameOf(Section symbols, long at)
    {
        var names = Slice(_sections[symbols.Link].Offset, _sections[symbols.Link].Size)[BinaryPrimitives.ReadInt32LittleEndian(Slice(at, 4))..];
        return Encoding.UTF8.GetString(names[..names.IndexOf((byte)0)]);
    }

    private Section ReadSection(long at) =>
        new(UInt32(at + 4), (ulong)Int64(at + 8), Int64(at + 24), Int64(at + 32), (int)UInt32(at + 40), (int)UInt32(at + 44), Int64(at + 48));

    private ushort UInt16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(at, 2));

    private uint UInt32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(at, 4));

    private long Int64(long at) => BinaryPrimitives.ReadInt64LittleEndian(Slice(at, 8));

    private ReadOnlySpan<byte> Slice(long at, long bytes) => at >= 0 && bytes >= 0 && at <= _file.Length - bytes
        ? _file.AsSpan((int)at, (int)bytes)
        : throw new InvalidDataException("it ends too early");

    private readonly record struct Section(uint Type, ulong Flags, long Offset, long Size, int Link, int Info, long Alignment);
}
