using System.Runtime.InteropServices;
using System.Text;

namespace Tenon.Plugins.WebGpu.Native;

/// <summary>Text in memory that doesn't move, for as long as it isn't disposed.</summary>
internal sealed unsafe class Text : IDisposable
{
    private readonly byte* _data;
    private readonly int _length;

    public Text(string text)
    {
        _length = Encoding.UTF8.GetByteCount(text);
        _data = (byte*)NativeMemory.Alloc((nuint)_length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(_data, _length));
        _data[_length] = 0;
    }

    public StringView View => new() { Data = _data, Length = (nuint)_length };

    public byte* Pointer => _data;

    /// <summary>The text of a view: null and of undefined length, ended by 0, or so many bytes.</summary>
    public static string Of(StringView view) => view.Data == null ? ""
        : view.Length == nuint.MaxValue ? Marshal.PtrToStringUTF8((nint)view.Data) ?? "" : Encoding.UTF8.GetString(view.Data, checked((int)view.Length));

    public void Dispose() => NativeMemory.Free(_data);
}
