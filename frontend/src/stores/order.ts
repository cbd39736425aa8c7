import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { order as api } from '@/api'
import type { Assignment, AssignmentResult, Group, GroupKind, Keeping } from '@/api'

/** What is kept of the fleet on this computer alone: groups, and everything that hangs on vehicles. */
export const useOrderStore = defineStore('order', () => {
  const groups = ref<Group[]>([])
  /** Rises with every change, for the lists that show what changed. */
  const changes = ref(0)
  const isLoaded = ref(false)

  const byKind = computed(() => (kind: GroupKind) => groups.value.filter((group) => group.kind === kind))
  const nameOf = computed(() => (id: number) => groups.value.find((group) => group.id === id)?.name ?? '')

  async function load(): Promise<void> {
    groups.value = await api.groups()
    isLoaded.value = true
  }

  async function changed(): Promise<void> {
    changes.value++
    await load()
  }

  async function saveGroup(group: Group): Promise<Group> {
    const saved = await api.saveGroup(group)
    await changed()
    return saved
  }

  async function deleteGroup(id: number): Promise<void> {
    await api.deleteGroup(id)
    await changed()
  }

  async function assign(assignment: Assignment): Promise<AssignmentResult> {
    const result = await api.assign(assignment)
    await changed()
    return result
  }

  async function keep(vehicleId: number, keeping: Keeping): Promise<void> {
    await api.keep(vehicleId, keeping)
    changes.value++
  }

  async function takeSheet(token: string): Promise<number> {
    const vehicles = await api.takeSheet(token)
    await changed()
    return vehicles
  }

  function forget(): void {
    groups.value = []
    isLoaded.value = false
  }

  return { groups, changes, isLoaded, byKind, nameOf, load, saveGroup, deleteGroup, assign, keep, takeSheet, forget }
})
