using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Tenon.Core;

namespace Tenon;

/// <summary>Tensors in tuples, arrays, lists, dictionaries and records, however deep, beside plain values.</summary>
internal static class ValueTree
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]?> Properties = [];

    /// <summary>Visits what a value consists of: types and sizes of what holds others, then the tensors and plain values in it.</summary>
    public static void Visit(object? value, Action<Tensor> tensor, Action<object?> plain)
    {
        switch (value)
        {
            case Tensor t:
                tensor(t);
                break;
            case null or string or Delegate or Type:
                plain(value);
                break;
            case ITuple tuple:
                plain((value.GetType(), tuple.Length));
                for (var i = 0; i < tuple.Length; i++)
                {
                    Visit(tuple[i], tensor, plain);
                }

                break;
            case IDictionary dictionary:
                plain((value.GetType(), dictionary.Count));
                foreach (var key in Keys(dictionary))
                {
                    plain(key);
                    Visit(dictionary[key], tensor, plain);
                }

                break;
            case IList list:
                plain((value.GetType(), list.Count));
                foreach (var item in list)
                {
                    Visit(item, tensor, plain);
                }

                break;
            default:
                if (PropertiesOf(value.GetType()) is not { } properties)
                {
                    plain(value);
                    break;
                }

                plain((value.GetType(), properties.Length));
                foreach (var property in properties)
                {
                    Visit(property.GetValue(value), tensor, plain);
                }

                break;
        }
    }

    /// <summary>The same value with other tensors.</summary>
    /// <exception cref="TenonException">A record in it can't be made anew.</exception>
    public static object? Rebuild(object? value, Func<Tensor, Tensor> tensor)
    {
        switch (value)
        {
            case Tensor t:
                return tensor(t);
            case null or string or Delegate or Type:
                return value;
            case ITuple tuple:
                var items = new object?[tuple.Length];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = Rebuild(tuple[i], tensor);
                }

                return items.Length == 0 ? value : MakeTuple(value.GetType(), items);
            case Array array:
                var copy = (Array)array.Clone();
                var flat = array.Cast<object?>().Select(i => Rebuild(i, tensor)).ToArray();
                if (array.Rank == 1)
                {
                    for (var i = 0; i < flat.Length; i++)
                    {
                        copy.SetValue(flat[i], array.GetLowerBound(0) + i);
                    }
                }

                return copy;
            case IDictionary dictionary:
                var rebuilt = (IDictionary)Make(value.GetType());
                foreach (DictionaryEntry entry in dictionary)
                {
                    rebuilt.Add(entry.Key, Rebuild(entry.Value, tensor));
                }

                return rebuilt;
            case IList { IsFixedSize: false, IsReadOnly: false } list:
                var copied = (IList)Make(value.GetType());
                foreach (var item in list)
                {
                    copied.Add(Rebuild(item, tensor));
                }

                return copied;
            case IList:
                throw Unknown(value.GetType());
            default:
                return PropertiesOf(value.GetType()) is { } properties
                    ? MakeRecord(value.GetType(), properties, Array.ConvertAll(properties, p => Rebuild(p.GetValue(value), tensor)))
                    : value;
        }
    }

    private static IEnumerable<object> Keys(IDictionary dictionary) =>
        dictionary.Keys.Cast<object>().OrderBy(k => Convert.ToString(k, System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);

    // Of records and anonymous types; null for everything else.
    private static PropertyInfo[]? PropertiesOf(Type type) => Properties.GetOrAdd(type, static t =>
        t.Assembly != typeof(Tensor).Assembly && t.Assembly != typeof(UOp).Assembly
        && (t.GetMethod("<Clone>$") is not null || (t.IsValueType && t.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null) || t.Name.StartsWith("<>f__AnonymousType", StringComparison.Ordinal))
            ? [.. t.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.CanRead && p.GetIndexParameters().Length == 0)]
            : null);

    private static object MakeTuple(Type type, object?[] items)
    {
        // A tuple of eight and more has the rest as a tuple in it.
        var arguments = type.GetGenericArguments();
        return arguments.Length <= 7 ? Activator.CreateInstance(type, items)!
            : Activator.CreateInstance(type, [.. items[..7], MakeTuple(arguments[7], items[7..])])!;
    }

    private static object MakeRecord(Type type, PropertyInfo[] properties, object?[] values)
    {
        foreach (var constructor in type.GetConstructors().OrderByDescending(c => c.GetParameters().Length))
        {
            var parameters = constructor.GetParameters();
            var places = Array.ConvertAll(parameters, p => Array.FindIndex(properties, q => q.Name.Equals(p.Name, StringComparison.OrdinalIgnoreCase) && q.PropertyType == p.ParameterType));
            var others = Enumerable.Range(0, properties.Length).Except(places).ToArray();
            if (!places.Contains(-1) && Array.TrueForAll(others, o => properties[o].CanWrite))
            {
                var made = constructor.Invoke(Array.ConvertAll(places, p => values[p]));
                foreach (var other in others)
                {
                    properties[other].SetValue(made, values[other]);
                }

                return made;
            }
        }

        throw Unknown(type);
    }

    private static object Make(Type type) => type.GetConstructor([]) is { } constructor ? constructor.Invoke([]) : throw Unknown(type);

    private static TenonException Unknown(Type type) => new(
        "TEN5311", $"A captured function takes or returns a {type}, which can't be made anew with other tensors. Use tuples, arrays, lists, dictionaries, or records whose constructor or setters take all their properties.");
}
