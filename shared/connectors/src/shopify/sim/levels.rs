//! Where units lie: the counters of an item at the shop's locations, and the locations themselves.

use super::parts::{Part, PartLine};
use super::queries::{Answer, id};
use super::shop::{Item, Line, Shop};
use super::{Ids, Simulator};
use crate::shopify::graphql::{gid, number};
use crate::simulated_channel::FarPlaces;
use domain::{LocationId, Quantity, Sku};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Units that can be sold, by the place of the location in the shop; the first always is. `None`: the item is not stocked there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Levels(Vec<Option<i64>>);

impl Levels {
    pub(super) fn new(units: i64) -> Self {
        Self(vec![Some(units)])
    }

    pub(super) fn total(&self) -> i64 {
        self.0.iter().flatten().sum()
    }

    pub(super) fn at(&self, place: usize) -> Option<i64> {
        self.0.get(place).copied().flatten()
    }

    pub(super) fn add(&mut self, place: usize, units: i64) {
        if let Some(level) = self.0.get_mut(place) {
            *level = Some(level.unwrap_or(0) + units);
        }
    }

    pub(super) fn set(&mut self, place: usize, units: Option<i64>) {
        if let Some(level) = self.0.get_mut(place) {
            *level = units;
        }
    }

    /// Places and figures that are not as they were before; a place that is new begins with nothing.
    pub(super) fn since<'a>(&'a self, before: Option<&'a Self>) -> impl Iterator<Item = (usize, i64)> + 'a {
        let changed = move |(place, units): (usize, &Option<i64>)| {
            let units = (*units)?;
            (before.and_then(|before| before.at(place)).unwrap_or(0) != units).then_some((place, units))
        };
        self.0.iter().enumerate().filter_map(changed)
    }
}

impl Shop {
    /// The place of a location. A shop that was told of none yet has the first that a caller names, since a `Setup` names none.
    pub(super) fn place(&mut self, location: u64) -> Option<usize> {
        if self.locations.is_empty() {
            self.locations.push(location);
        }
        self.locations.iter().position(|one| *one == location)
    }

    /// A further location, where every item is stocked and nothing lies.
    pub(super) fn open(&mut self, location: u64) {
        if self.locations.contains(&location) {
            return;
        }
        self.locations.push(location);
        for item in self.items.iter_mut().filter(|_| self.locations.len() > 1) {
            item.levels.0.push(Some(0));
        }
    }

    /// Takes the lines of an order from where they lie: all from one location if one has all of it, or else from each what it has, the one
    /// that is asked first before the others. Answers what is sent from where.
    pub(super) fn assign(&mut self, ids: &mut Ids, lines: &mut [Line]) -> Vec<Part> {
        let mut places: Vec<usize> = (0..self.locations.len().max(1)).collect();
        places.sort_by_key(|place| *place != self.asked_first);
        let has_all = |place: &usize| {
            self.items.iter().enumerate().all(|(at, item)| {
                let demand: i64 = lines.iter().filter(|line| line.item == at).map(|line| line.quantity).sum();
                demand <= item.levels.at(*place).unwrap_or(0)
            })
        };
        if let Some(one) = places.iter().copied().find(has_all) {
            places = vec![one];
        }
        for line in lines.iter_mut() {
            let Some(item) = self.items.get_mut(line.item) else { continue };
            let mut open = line.quantity;
            for place in &places {
                let here = item.levels.at(*place).unwrap_or(0).clamp(0, open);
                if here > 0 {
                    open -= here;
                    item.levels.add(*place, -here);
                    line.taken.push((*place, here));
                }
            }
            // Sold on when none is left: the figure of the first falls below zero.
            if let Some(first) = places.first().copied().filter(|_| open > 0 && item.tracked && item.sells_on) {
                item.levels.add(first, -open);
                line.taken.push((first, open));
            }
            item.committed += line.quantity;
        }
        let held = |place: usize| lines.iter().any(|line| line.taken.iter().any(|(at, _)| *at == place));
        let used: Vec<usize> = places.iter().copied().filter(|place| held(*place)).collect();
        used.into_iter().map(|place| self.part(ids, lines, place)).collect()
    }

    fn part(&self, ids: &mut Ids, lines: &[Line], place: usize) -> Part {
        let mut held = Vec::new();
        for line in lines {
            let here: i64 = line.taken.iter().filter(|(at, _)| *at == place).map(|(_, units)| *units).sum();
            if here > 0 {
                held.push(PartLine { id: ids.number(), line: line.id, remaining: here });
            }
        }
        let location = if place == 0 { None } else { self.locations.get(place).copied() };
        Part { id: ids.number(), location, held: false, begun: false, lines: held }
    }
}

/// Puts units of a line on sale again, where they were taken from.
pub(super) fn restock(item: &mut Item, taken: &mut [(usize, i64)], mut units: i64) {
    for (place, held) in taken {
        let here = units.min(*held);
        *held -= here;
        units -= here;
        item.levels.add(*place, here);
    }
}

fn level(units: i64) -> Value {
    json!([{ "name": "available", "quantity": units }])
}

/// An item's level at a location; null if it is not stocked there.
pub(super) fn one(item: &Item, place: Option<usize>) -> Value {
    place.and_then(|place| item.levels.at(place)).map_or(Value::Null, |units| json!({ "quantities": level(units) }))
}

/// All levels of an item.
pub(super) fn all(shop: &Shop, item: &Item, first: usize) -> Value {
    let at = |(place, location): (usize, &u64)| {
        let units = item.levels.at(place)?;
        Some(json!({ "location": { "id": gid("Location", *location) }, "quantities": level(units) }))
    };
    let levels: Vec<Value> = shop.locations.iter().enumerate().filter_map(at).collect();
    let more = levels.len() > first;
    json!({ "nodes": levels.into_iter().take(first).collect::<Vec<_>>(), "pageInfo": { "hasNextPage": more } })
}

/// `Placed`.
pub(super) fn placed(shop: &mut Shop, variables: &Value) -> Answer {
    let item = id(variables, "item", "InventoryItem").ok_or("invalid id")?;
    let named = variables.get("locations").and_then(Value::as_array).ok_or("locations are missing")?;
    let read = |named: &Value| named.as_str().and_then(|text| number("simulator", text).ok()).ok_or("invalid id");
    let named: Vec<u64> = named.iter().map(read).collect::<Result<_, _>>()?;
    if shop.locations.is_empty() {
        for location in &named {
            shop.open(*location);
        }
    }
    let item = shop.items.iter().find(|one| one.inventory == item);
    let node = |location: &u64| {
        let place = shop.locations.iter().position(|one| one == location)?;
        let level = item.map_or(Value::Null, |item| one(item, Some(place)));
        Some(json!({ "__typename": "Location", "id": gid("Location", *location), "inventoryLevel": level }))
    };
    let nodes: Vec<_> = named.iter().map(node).collect();
    Ok(json!({ "inventoryItem": item.map(|item| json!({ "tracked": item.tracked })), "nodes": nodes }))
}

impl Simulator {
    fn place_of(&self, location: &LocationId) -> Option<usize> {
        self.ours.iter().position(|one| one == location)
    }

    fn item(&mut self, sku: &Sku) -> Option<&mut Item> {
        self.shop.items.iter_mut().find(|item| item.sku == *sku)
    }
}

impl FarPlaces for Simulator {
    fn open(&mut self, ours: &[LocationId]) -> BTreeMap<String, String> {
        self.ours = ours.to_vec();
        let mut settings = BTreeMap::new();
        for (number, location) in (1_u64..).zip(ours) {
            self.shop.open(number);
            settings.insert(format!("{}{location}", ports::LOCATION_SETTING), number.to_string());
        }
        settings
    }

    fn shown_at(&self, sku: &Sku, location: &LocationId) -> Option<i64> {
        let place = self.place_of(location)?;
        self.shop.items.iter().find(|item| item.sku == *sku)?.levels.at(place)
    }

    fn edit_stock_at(&mut self, sku: &Sku, location: &LocationId, units: Option<Quantity>) {
        let Some(place) = self.place_of(location) else { return };
        if let Some(item) = self.item(sku) {
            item.levels.set(place, units.map(Quantity::units));
        }
    }

    fn sell_from(&mut self, location: &LocationId) {
        self.shop.asked_first = self.place_of(location).unwrap_or(0);
    }
}
