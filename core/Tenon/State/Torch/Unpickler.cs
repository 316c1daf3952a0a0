using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Tenon.State;

/// <summary>
/// A machine for Python's pickles, protocols 0 to 5 (<c>Lib/pickletools.py</c>), that builds containers, numbers, texts and what
/// <see cref="PickleGlobal"/> lists. It calls nothing else.
/// </summary>
/// <param name="file">Where the pickle begins.</param>
/// <param name="find">The storage of a persistent identity.</param>
internal sealed class Unpickler(StateReader file, Func<object?[], TorchStorage> find)
{
    private const int LongestLine = 1 << 16;
    private const int LongestNumber = 1024;
    private static readonly PickleMark Mark = new();
    private static readonly UTF8Encoding Text = new(false, throwOnInvalidBytes: true);
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private long _at;

    /// <summary>Reads one pickle; the file's position is behind it then.</summary>
    public object? Read()
    {
        while (true)
        {
            _at = file.Position;
            var code = file.Byte("pickle");
            if (code == '.')
            {
                return Pop();
            }

            Run(code);
        }
    }

    private void Run(byte code)
    {
        switch (code)
        {
            case 0x80:
                if (file.Byte("pickle.protocol") > 5)
                {
                    throw Fault("another protocol than 0 to 5.");
                }

                break;
            case 0x95:
                file.UInt64("pickle.frame");
                break;
            case (byte)'(':
                Push(Mark);
                break;
            case (byte)'0':
                Pop();
                break;
            case (byte)'1':
                PopItems();
                break;
            case (byte)'2':
                Push(Peek());
                break;
            case (byte)'N':
                Push(null);
                break;
            case 0x88 or 0x89:
                Push(code == 0x88);
                break;
            case (byte)'I' or (byte)'L' or (byte)'F':
                Push(Number(Line(), code == 'F'));
                break;
            case (byte)'J':
                Push((long)(int)file.UInt32("pickle"));
                break;
            case (byte)'K':
                Push((long)file.Byte("pickle"));
                break;
            case (byte)'M':
                Push((long)file.UInt16("pickle"));
                break;
            case 0x8a:
                Push(Long(file.Byte("pickle")));
                break;
            case 0x8b:
                Push(Long(file.UInt32("pickle")));
                break;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(file.Bytes(8, "pickle")));
                break;
            case (byte)'S':
                var quoted = Line();
                Push(quoted.Length >= 2 && quoted[0] == quoted[^1] && quoted[0] is '\'' or '"' && !quoted.Contains('\\') ? quoted[1..^1] : throw Fault("a text with escapes, or without quotes."));
                break;
            case (byte)'V':
                var unicode = Line();
                Push(!unicode.Contains('\\') ? unicode : throw Fault("a text with escapes."));
                break;
            case (byte)'T':
                Push(Encoding.Latin1.GetString(Bytes(file.UInt32("pickle"))));
                break;
            case (byte)'U':
                Push(Encoding.Latin1.GetString(Bytes(file.Byte("pickle"))));
                break;
            case (byte)'X':
                Push(Unicode(file.UInt32("pickle")));
                break;
            case 0x8c:
                Push(Unicode(file.Byte("pickle")));
                break;
            case 0x8d:
                Push(Unicode(file.UInt64("pickle")));
                break;
            case (byte)'B':
                Push(Bytes(file.UInt32("pickle")));
                break;
            case (byte)'C':
                Push(Bytes(file.Byte("pickle")));
                break;
            case 0x8e or 0x96:
                Push(Bytes(file.UInt64("pickle")));
                break;
            case (byte)']':
            case 0x8f:
                Push(new List<object?>());
                break;
            case (byte)'}':
                Push(new PickleDictionary());
                break;
            case (byte)')':
                Push(Array.Empty<object?>());
                break;
            case (byte)'t' or 0x91:
                Push(PopItems());
                break;
            case (byte)'l':
                Push(new List<object?>(PopItems()));
                break;
            case >= 0x85 and <= 0x87:
                Push(Take(code - 0x84));
                break;
            case (byte)'d':
                var pairs = PopItems();
                var dictionary = new PickleDictionary();
                SetItems(dictionary, pairs);
                Push(dictionary);
                break;
            case (byte)'a':
                var appended = Pop();
                Top<List<object?>>("an append").Add(appended);
                break;
            case (byte)'e' or 0x90:
                var items = PopItems();
                Top<List<object?>>("an append").AddRange(items);
                break;
            case (byte)'s':
                var pair = Take(2);
                SetItems(Top<PickleDictionary>("a set item"), pair);
                break;
            case (byte)'u':
                var set = PopItems();
                SetItems(Top<PickleDictionary>("a set item"), set);
                break;
            case (byte)'g':
                Push(Recall(Place()));
                break;
            case (byte)'h':
                Push(Recall(file.Byte("pickle")));
                break;
            case (byte)'j':
                Push(Recall(file.UInt32("pickle")));
                break;
            case (byte)'p':
                _memo[Place()] = Peek();
                break;
            case (byte)'q':
                _memo[file.Byte("pickle")] = Peek();
                break;
            case (byte)'r':
                _memo[file.UInt32("pickle")] = Peek();
                break;
            case 0x94:
                _memo[_memo.Count] = Peek();
                break;
            case (byte)'c':
                var module = Line();
                Push(Global(module, Line()));
                break;
            case 0x93:
                var names = Take(2);
                Push(names is [string m, string n] ? Global(m, n) : throw Fault("a name that is no text."));
                break;
            case (byte)'R' or 0x81:
                var call = Take(2);
                Push(Call(call[0], call[1] as object?[] ?? throw Fault("a call whose arguments are no tuple.")));
                break;
            case (byte)'b':
                Build(Pop());
                break;
            case (byte)'Q':
                Push(find(Pop() as object?[] ?? throw Fault("a persistent identity that is no tuple.")));
                break;
            case (byte)'i':
                module = Line();
                throw Refuse(module, Line());
            default:
                throw Fault($"operation 0x{code:x2}, which files of tensors have no need of.");
        }
    }

    // What is set on a dictionary besides its items, such as the versions of modules, is no part of the state.
    private void Build(object? state)
    {
        if (Peek() is not PickleDictionary || state is not PickleDictionary)
        {
            throw Fault("attributes of what is no dictionary.");
        }
    }

    private object? Call(object? function, object?[] args) =>
        function is not PickleGlobal { Call: { } call } ? throw Fault($"a call of {function?.GetType().Name ?? "None"}.")
        : call(args) ?? throw Fault($"'{function}' with arguments that it doesn't take.");

    private object Global(string module, string name) => PickleGlobal.Find(module, name) ?? throw Refuse(module, name);

    private TenonFormatException Refuse(string module, string name) => file.Fault(
        "TEN5151", _at, "pickle", $"it names '{module}.{name}', which is no tensor, container, number or text. Such a file may run any program, so it is refused; save the state_dict() alone.");

    private void SetItems(PickleDictionary dictionary, object?[] items)
    {
        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary.Items.Add(i + 1 < items.Length ? new(items[i], items[i + 1]) : throw Fault("a key without a value."));
        }
    }

    private object? Recall(long place) => _memo.TryGetValue(place, out var value) ? value : throw Fault($"place {place} in the memory, where nothing is.");

    private long Place() => Number(Line(), false) is long place and >= 0 ? place : throw Fault("a place in the memory that is no number.");

    private object Number(string text, bool isFloat) => text switch
    {
        "00" when !isFloat => false,
        "01" when !isFloat => true,
        _ when isFloat => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Fault("a number that is none."),
        _ => text.Length <= LongestNumber && BigInteger.TryParse(text.TrimEnd('L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? Small(number) : throw Fault("a number that is none."),
    };

    private object Long(long bytes) => bytes <= LongestNumber ? Small(new BigInteger(Bytes((ulong)bytes))) : throw Fault($"a number of {bytes} bytes.");

    private static object Small(BigInteger number) => number >= long.MinValue && number <= long.MaxValue ? (long)number : number;

    private byte[] Bytes(ulong count) => file.Bytes((long)Math.Min(count, long.MaxValue), "pickle");

    private string Unicode(ulong bytes)
    {
        try
        {
            return Text.GetString(Bytes(bytes));
        }
        catch (DecoderFallbackException)
        {
            throw Fault("a text that is not UTF-8.");
        }
    }

    private string Line()
    {
        var line = new StringBuilder();
        while (true)
        {
            var b = file.Byte("pickle");
            if (b == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            if (line.Append((char)b).Length > LongestLine)
            {
                throw Fault($"a line of more than {LongestLine} bytes.");
            }
        }
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Peek() => _stack.Count > 0 && _stack[^1] is not PickleMark ? _stack[^1] : throw Fault("a value is taken from an empty stack.");

    private object? Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private T Top<T>(string what) where T : class => Peek() as T ?? throw Fault($"{what} on what is no {(typeof(T) == typeof(PickleDictionary) ? "dictionary" : "list")}.");

    private object?[] Take(int count)
    {
        var items = new object?[count];
        while (count > 0)
        {
            items[--count] = Pop();
        }

        return items;
    }

    private object?[] PopItems()
    {
        var mark = _stack.LastIndexOf(Mark);
        if (mark < 0)
        {
            throw Fault("the items of a container that has not begun.");
        }

        var items = _stack[(mark + 1)..].ToArray();
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private TenonFormatException Fault(string problem) => file.Fault("TEN5150", _at, "pickle", problem);
}
