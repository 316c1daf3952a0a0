namespace Tenon.Compiler;

/// <summary>Which of n numbered items must come after which. A dependency may be added more than once.</summary>
internal sealed class DependencyList
{
    private const int None = -1;
    private readonly int[] _open;
    private readonly int[] _first;
    private readonly List<(int User, int Next)> _users = [];

    public DependencyList(int count)
    {
        (_open, _first) = (new int[count], new int[count]);
        Array.Fill(_first, None);
    }

    /// <summary>Says that the user comes after the source.</summary>
    public void Add(int user, int source)
    {
        _open[user]++;
        _users.Add((user, _first[source]));
        _first[source] = _users.Count - 1;
    }

    /// <summary>How many dependencies of an item are not released.</summary>
    public int CountOf(int item) => _open[item];

    /// <summary>One dependency of a user is done; whether it was the last.</summary>
    public bool Release(int user) => --_open[user] == 0;

    /// <summary>The first of the items that come after this one.</summary>
    public User FirstUser(int source) => At(_first[source]);

    /// <summary>The next of the items that come after the same one.</summary>
    public User NextUser(User user) => At(user.Next);

    private User At(int entry) => entry == None ? new User(None, None) : new User(_users[entry].User, _users[entry].Next);

    internal readonly record struct User(int Number, int Next)
    {
        public bool Exists => Number != None;
    }
}
