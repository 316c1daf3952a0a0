namespace Tenon.Sdk.Conformance.Tests;

/// <summary>What is wrong with a device of the zoo.</summary>
public enum Fault
{
    None,
    MaxLosesNaN,
    ContractsMulAdd,
    ShiftsLogically,
    IgnoresGates,
    IgnoresOffsetsOfCopies,
    IgnoresOffsetsOfLaunches,
    RunsItemsTwice,
    DropsTheLastGroup,
    CrashesInADivision,
    HangsInADivision,
    CrashesWhenOpened,
    SwallowsErrorsOfLoading,
    SwallowsErrorsOfCompiling,
    AllocatesNothingBeyondItsMemory,
    ThrowsBareExceptions,
    LaunchesOutOfOrder,
    CopiesBeforeTheQueue,
    OpensOnce,
    ListsOtherDevicesEachTime,
    ClaimsMoreLocalBytes,
    ClaimsMoreLanes,
    WrongWithoutVectors,
    WrongInLists,
    SharesBytes,
    ExchangesWithTheWrongLane,
}
