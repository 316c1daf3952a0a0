using System.Globalization;

namespace Tenon.State;

/// <summary>A Python literal of dictionaries with texts as keys, tuples, lists, texts, booleans, None and whole numbers.</summary>
/// <param name="text">The literal, and white space after it.</param>
internal sealed class PythonLiteral(string text)
{
    private const int Deepest = 16;

    /// <summary>Where reading stopped.</summary>
    public int Position { get; private set; }

    /// <summary>Reads all of it: a dictionary, a list of items, a text, a <see cref="bool"/> or a <see cref="long"/>.</summary>
    public bool TryRead(out object? value)
    {
        value = Value(0);
        Space();
        return value is not null && Position == text.Length;
    }

    private object? Value(int depth)
    {
        Space();
        return depth == Deepest || Position == text.Length ? null : text[Position] switch
        {
            '{' => Dictionary(depth),
            '(' => Items(depth, ')'),
            '[' => Items(depth, ']'),
            '\'' or '"' => Text(),
            _ => Word(),
        };
    }

    private Dictionary<string, object>? Dictionary(int depth)
    {
        var items = new Dictionary<string, object>();
        Position++;
        while (!Take('}'))
        {
            if (Value(depth + 1) is not string key || !Take(':') || Value(depth + 1) is not { } value || !items.TryAdd(key, value) || (!Take(',') && !Is('}')))
            {
                return null;
            }
        }

        return items;
    }

    private List<object>? Items(int depth, char end)
    {
        var items = new List<object>();
        Position++;
        while (!Take(end))
        {
            if (Value(depth + 1) is not { } value || (!Take(',') && !Is(end)))
            {
                return null;
            }

            items.Add(value);
        }

        return items;
    }

    private string? Text()
    {
        var quote = text[Position];
        var end = text.IndexOf(quote, Position + 1);
        if (end < 0)
        {
            return null;
        }

        var value = text[(Position + 1)..end];
        Position = end + 1;
        return value.Contains('\\') ? null : value;
    }

    private object? Word()
    {
        var begin = Position;
        while (Position < text.Length && (char.IsAsciiLetterOrDigit(text[Position]) || text[Position] is '-' or '+'))
        {
            Position++;
        }

        // Python 2 wrote an L after long numbers.
        var word = text[begin..Position].TrimEnd('L');
        return word switch
        {
            "True" => true,
            "False" => false,
            _ => long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
    }

    private bool Is(char c)
    {
        Space();
        return Position < text.Length && text[Position] == c;
    }

    private bool Take(char c)
    {
        var found = Is(c);
        Position += found ? 1 : 0;
        return found;
    }

    private void Space()
    {
        while (Position < text.Length && char.IsWhiteSpace(text[Position]))
        {
            Position++;
        }
    }
}
